"""What a path asks to be built, and what a Dockerfile stands on."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspace_cli.core.build_dockerfile import bases, instructions
from workspace_cli.core.build_source import dockerfile_for, read_source
from workspace_cli.core.errors import InvalidInputError, LabdockError, NotFoundError


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_of_several_files_in_a_folder_the_first_counts(tmp_path: Path) -> None:
    written(tmp_path, "requirements.txt", "einops\n")
    assert read_source(tmp_path).pip == ("einops",)
    written(tmp_path, "environment", "apt: ffmpeg\n")
    assert read_source(tmp_path).apt == ("ffmpeg",)
    written(tmp_path, "environment.toml", 'pip = ["timm"]\non = "labdock/base"\n')
    assert (read_source(tmp_path).pip, read_source(tmp_path).on) == (("timm",), "labdock/base")
    written(tmp_path, "Dockerfile", "FROM labdock/base\n")
    found = read_source(tmp_path)
    assert (found.dockerfile, found.folder) == (tmp_path / "Dockerfile", tmp_path)


def test_a_single_list_shows_the_build_nothing_of_its_folder(tmp_path: Path) -> None:
    file = written(tmp_path, "requirements.txt", "einops\n")
    assert read_source(file).folder is None
    assert read_source(tmp_path).folder == tmp_path


def test_lines_of_a_list_name_packages(tmp_path: Path) -> None:
    text = """# a comment
apt: ffmpeg libsndfile1=1.2.0-1   # another
pip: einops==0.8.1 timm
pip: torch >= 2 ; python_version > "3.8"
pip: pkg @ git+https://example.org/pkg.git#egg=pkg
on: labdock/pytorch
"""
    found = read_source(written(tmp_path, "environment", text))
    assert found.apt == ("ffmpeg", "libsndfile1=1.2.0-1")
    assert found.pip == (
        "einops==0.8.1",
        "timm",
        'torch >= 2 ; python_version > "3.8"',
        "pkg @ git+https://example.org/pkg.git#egg=pkg",
    )
    assert found.on == "labdock/pytorch"


@pytest.mark.parametrize(
    "name, text, words",
    [
        ("environment", "npm: left-pad\n", "not understood"),
        ("environment", "# nothing\n", "names no package"),
        ("environment", "apt: ffmpeg;reboot\n", "no name of a package"),
        ("environment", "apt: -o=Dir=/x\n", "no name of a package"),
        ("environment", "pip: --index-url=http://x\n", "no requirement"),
        ("environment.toml", "apt = 3\n", "another kind"),
        ("environment.toml", 'conda = ["x"]\n', "conda"),
        ("environment.toml", "apt = [\n", "no TOML"),
        ("environment.toml", 'pip = ["a\\nRUN x"]\n', "no requirement"),
    ],
)
def test_what_cannot_be_built_is_said(tmp_path: Path, name: str, text: str, words: str) -> None:
    written(tmp_path, name, text)
    with pytest.raises(InvalidInputError, match=words):
        read_source(tmp_path)


def test_an_empty_folder_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="nothing to build"):
        read_source(tmp_path)
    with pytest.raises(NotFoundError):
        read_source(tmp_path / "absent")
    (tmp_path / "requirements.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInputError, match="UTF-8"):
        read_source(tmp_path)


def test_an_image_is_called_like_its_folder_or_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "My Vision_2"
    folder.mkdir()
    file = written(folder, "requirements.txt", "einops\n")
    assert read_source(folder).name == "my-vision-2"
    assert read_source(file).name == "my-vision-2"
    assert read_source(written(folder, "nlp.txt", "einops\n")).name == "nlp"


def test_packages_become_one_layer_a_kind(tmp_path: Path) -> None:
    text = 'apt = ["ffmpeg"]\npip = ["einops"]\n'
    made = dockerfile_for(read_source(written(tmp_path, "environment.toml", text)))
    assert bases(made, {"BASE": "labdock/base"}).base == "labdock/base"
    kinds = [keyword for keyword, _ in instructions(made)]
    assert kinds == ["ARG", "FROM", "FROM", "FROM", "USER", "RUN", "RUN"]
    assert "--requirement=/run/labdock-lists/requirements.txt" in made


def test_a_requirements_file_beside_others_is_read_where_it_lies(tmp_path: Path) -> None:
    written(tmp_path, "requirements.txt", "-r more.txt\n")
    assert "--requirement=requirements.txt" in dockerfile_for(read_source(tmp_path))


@pytest.mark.parametrize(
    "text, base, images",
    [
        ("FROM labdock/base", "labdock/base", ("labdock/base",)),
        ("from labdock/base as x\nFROM x", "labdock/base", ("labdock/base",)),
        (
            "FROM golang AS build\nFROM labdock/base\nCOPY --from=build /x /x\n",
            "labdock/base",
            ("golang", "labdock/base"),
        ),
        (
            "FROM labdock/base\nCOPY --chown=1:1 --from=kim/data:v1 /x /x\n",
            "labdock/base",
            ("labdock/base", "kim/data:v1"),
        ),
        (
            "FROM labdock/base\nRUN --mount=type=bind,from=other,target=/x \\\n  true\n",
            "labdock/base",
            ("labdock/base", "other"),
        ),
        ("ARG BASE=labdock/base\nFROM ${BASE}", "labdock/base", ("labdock/base",)),
        ("ARG B\nFROM ${B:-labdock/base}", "labdock/base", ("labdock/base",)),
        ("ARG T=v1\nARG B=lab:$T\nFROM $B", "lab:v1", ("lab:v1",)),
        (
            "FROM --platform=linux/amd64 labdock/base\nRUN cat <<EOF\nFROM evil\nEOF\n",
            "labdock/base",
            ("labdock/base",),
        ),
        ("FROM scratch\nCOPY --from=wheels x x\nCOPY --from=0 x x", "scratch", ()),
        (
            "# FROM a\nFROM labdock/base \\\n  # a comment\n  AS x\nFROM x",
            "labdock/base",
            ("labdock/base",),
        ),
    ],
)
def test_what_a_dockerfile_stands_on(text: str, base: str, images: tuple[str, ...]) -> None:
    found = bases(text)
    assert (found.base, found.images) == (base, images)


def test_an_argument_replaces_a_default() -> None:
    text = "ARG BASE=labdock/base\nFROM ${BASE}"
    assert bases(text, {"BASE": "labdock/pytorch"}).base == "labdock/pytorch"


@pytest.mark.parametrize(
    "text, words",
    [
        ("RUN true", "no FROM"),
        ("", "no FROM"),
        ("# syntax=docker/dockerfile:1\nFROM labdock/base", "registry"),
        ("ARG BASE\nFROM ${BASE}", "names no image"),
    ],
)
def test_what_is_no_dockerfile_for_us_is_refused(text: str, words: str) -> None:
    with pytest.raises(LabdockError, match=words):
        bases(text)


def test_a_comment_that_only_looks_like_a_directive_is_none() -> None:
    assert bases("FROM labdock/base\n# syntax=docker/dockerfile:1\n").base == "labdock/base"
