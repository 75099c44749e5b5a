"""What of a machine's configuration reaches a build."""

from pathlib import Path

from workspace_cli.setup.build_inputs import (
    IMAGE_CERTIFICATES,
    build_inputs,
    parse_pip_config,
    pip_file,
    wheel_folder,
)

LISTED = """\
:env:.find-links='/srv/wheels https://wheels.example/'
global.extra-index-url='\\nfile:///srv/pypi/simple\\nhttps://b.example/simple'
global.index-url='https://user:secret@a.example/simple'
global.timeout='60'
freeze.all='true'
install.no-index='false'
"""


def test_pips_configuration_is_read_by_option_with_variables_first() -> None:
    found = parse_pip_config("global.timeout='60'\n:env:.timeout='5'\n" + LISTED)
    assert found["find-links"] == "/srv/wheels https://wheels.example/"
    assert found["index-url"] == "https://user:secret@a.example/simple"
    assert found["extra-index-url"].split() == [
        "file:///srv/pypi/simple",
        "https://b.example/simple",
    ]
    assert found["timeout"] == "5"
    assert "all" not in found


def test_nothing_that_names_a_file_of_the_machine_reaches_a_build() -> None:
    text = pip_file(parse_pip_config(LISTED), IMAGE_CERTIFICATES)
    assert "index-url = https://user:secret@a.example/simple" in text
    assert "extra-index-url = https://b.example/simple" in text
    assert "find-links = https://wheels.example/" in text
    assert f"cert = {IMAGE_CERTIFICATES}" in text
    assert "/srv" not in text


def test_without_extra_certificates_pip_keeps_its_own() -> None:
    assert "cert" not in pip_file({}, "")


def test_one_folder_of_wheels_is_handed_over_as_it_is(tmp_path: Path) -> None:
    assert wheel_folder({"find-links": f"file://{tmp_path}"}, tmp_path / "made") == tmp_path


def test_several_folders_of_wheels_become_one(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}-1-py3-none-any.whl").write_text(name)
    links = {"find-links": f"{tmp_path}/a {tmp_path}/b {tmp_path}/gone https://x.example/"}
    folder = wheel_folder(links, tmp_path / "made")
    assert sorted(file.name[0] for file in folder.iterdir()) == ["a", "b"]


def test_the_inputs_are_private_and_gone_afterwards() -> None:
    with build_inputs() as inputs:
        folder = inputs.pip.parent
        assert folder.stat().st_mode & 0o077 == 0
        assert inputs.certificates.is_dir()
        assert inputs.wheels.is_dir()
        assert f"id=pipconf,src={inputs.pip}" in inputs.arguments()
    assert not folder.exists()
