"""Deciding how an engine is installed."""

from pathlib import Path

import pytest

from workspace_cli.core.errors import SetupError
from workspace_cli.setup import engine_install, engine_socket
from workspace_cli.setup.apt import Source, parse_sources
from workspace_cli.setup.machine import Distribution, parse_os_release


def system(identifier: str, codename: str, *like: str) -> Distribution:
    return Distribution(identifier, codename, like, f"{identifier} {codename}")


def test_debian_12_takes_the_engine_of_the_next_release() -> None:
    plan = engine_install.plan(system("debian", "bookworm"))
    assert plan.extra_suite == "trixie"
    assert {"docker.io", "docker-buildx", "docker-compose"} <= set(plan.packages)


@pytest.mark.parametrize("codename", ["trixie", "forky", ""])
def test_a_newer_debian_takes_its_own(codename: str) -> None:
    assert engine_install.plan(system("debian", codename)).extra_suite == ""


@pytest.mark.parametrize(
    "found", [system("ubuntu", "noble", "debian"), system("mint", "x", "ubuntu")]
)
def test_ubuntu_takes_its_own_under_its_own_names(found: Distribution) -> None:
    plan = engine_install.plan(found)
    assert plan.packages == ("docker.io", "docker-buildx", "docker-compose-v2")
    assert plan.extra_suite == ""


@pytest.mark.parametrize("found", [system("fedora", ""), system("debian", "bullseye")])
def test_an_unknown_system_is_told_to_install_one_itself(found: Distribution) -> None:
    with pytest.raises(SetupError, match=found.name) as caught:
        engine_install.plan(found)
    assert "Install Docker 24 or newer" in caught.value.remedy


def test_os_release_is_read_with_quotes_and_comments() -> None:
    text = '# c\nID=ubuntu\nID_LIKE="debian"\nVERSION_CODENAME=noble\nPRETTY_NAME="Ubuntu 24.04"\n'
    found = parse_os_release(text)
    assert found == Distribution("ubuntu", "noble", ("debian",), "Ubuntu 24.04")
    assert found.uses_apt
    assert not parse_os_release("ID=fedora\n").uses_apt


@pytest.mark.parametrize("version", ["24.0.0", "26.1.5+dfsg1", "28.2.2", "v27.0.1-ce"])
def test_new_engines_are_accepted(version: str) -> None:
    engine_install.check_version(version)


@pytest.mark.parametrize("version", ["20.10.24+dfsg1", "23.0.6", ""])
def test_old_engines_are_refused_by_name(version: str) -> None:
    with pytest.raises(SetupError, match=version.partition("+")[0] or "unknown version"):
        engine_install.check_version(version)


def test_the_extra_source_and_its_pin_are_written_beside_the_machines_own(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    mirror = Source("http://m.example/debian", ("bookworm",), ("main",), "/keys/debian.gpg")
    plan = engine_install.plan(system("debian", "bookworm"))
    engine_install.add_extra_source(mirror, plan, tmp_path)
    engine_install.add_extra_source(mirror, plan, tmp_path)
    (file,) = (tmp_path / "sources.list.d").iterdir()
    (extra,) = parse_sources(file.read_text(), deb822=True)
    assert extra.suites == ("trixie",)
    assert "Pin-Priority: -1" in (tmp_path / "preferences.d" / "labdock-engine").read_text()


def test_the_socket_is_the_usual_one_or_the_one_that_is_named() -> None:
    assert engine_socket.socket_path({}) == Path("/var/run/docker.sock")
    assert engine_socket.socket_path({"DOCKER_HOST": "unix:///run/x.sock"}) == Path("/run/x.sock")


def test_an_engine_on_another_machine_is_refused() -> None:
    with pytest.raises(SetupError, match=r"tcp://10\.0\.0\.9:2375"):
        engine_socket.socket_path({"DOCKER_HOST": "tcp://10.0.0.9:2375"})


def test_nothing_answers_where_there_is_no_socket(tmp_path: Path) -> None:
    assert not engine_socket.answers(tmp_path / "docker.sock")
    assert not engine_socket.wait_until_answers(tmp_path / "docker.sock", seconds=0.15)


@pytest.mark.parametrize(
    "status,left",
    [
        (None, False),
        ("Name:\tdockerd\nState:\tS (sleeping)\n", True),
        ("Name:\tdockerd\nState:\tZ (zombie)\n", False),
        ("Name:\tsleep\nState:\tS (sleeping)\n", False),
    ],
)
def test_a_pid_file_stays_only_with_a_living_engine(
    tmp_path: Path, status: str | None, left: bool
) -> None:
    pid_file = tmp_path / "docker.pid"
    pid_file.write_text("4711\n")
    if status is not None:
        (tmp_path / "proc" / "4711").mkdir(parents=True)
        (tmp_path / "proc" / "4711" / "status").write_text(status)
    engine_install.forget_dead(pid_file, "dockerd", tmp_path / "proc")
    assert pid_file.exists() is left


def test_no_pid_file_is_no_trouble(tmp_path: Path) -> None:
    engine_install.forget_dead(tmp_path / "docker.pid", "dockerd", tmp_path)
