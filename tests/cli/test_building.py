"""``adopt`` and ``build`` as a person calls them: what is refused before anything is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.models import ContainerRequest, PortMapping
from workspace_cli.setup import image_builder


@pytest.mark.parametrize(
    "options, words",
    [
        ((), "What is to be adopted"),
        (("nginx", "--container", "old"), "What is to be adopted"),
        (("nginx", "--dry-run"), "for containers"),
        (("nginx", "--remove-old"), "for containers"),
        (("--container", "old", "--check"), "for images"),
        (("Not/An Image",), "cannot name an image"),
        (("nginx", "--as", "UPPER"), "cannot name an image"),
        (("nginx", "-m", "x" * 1001), "1000 characters"),
    ],
)
def test_adopt_says_what_makes_no_sense(
    workspace: CommandLine, options: tuple[str, ...], words: str
) -> None:
    ended = workspace("adopt", *options)
    assert ended.code == 2
    assert words in ended.err


def test_adopt_tells_a_missing_image_and_a_missing_container(workspace: CommandLine) -> None:
    assert workspace("adopt", "labdock/absent").code == 3
    ended = workspace("adopt", "--container", "absent")
    assert ended.code == 3
    assert "docker ps -a" in ended.err


def test_the_plan_of_a_takeover_shows_no_password_and_does_nothing(
    workspace: CommandLine, engine: FakeEngine, tmp_path: Path
) -> None:
    secret = {"WORKSPACE_AUTH_USER": "kim", "WORKSPACE_AUTH_PASSWORD": "hunter2hunter2"}
    engine.create(
        ContainerRequest(
            name="kim_Study",
            image="labdock/base",
            environment=secret,
            ports=(PortMapping(8080, 29201),),
        )
    )
    before = engine.containers()
    shown = workspace.ok("adopt", "--container", "kim_Study", "--dry-run")
    assert "kim/kim-study, from labdock/kim/kim-study:adopted" in shown.out
    assert "29201 -> 8080" in shown.out
    told = workspace.ok("adopt", "--container", "kim_Study", "--dry-run", "--json").json
    assert told["workspace"] == "kim/kim-study"
    assert told["ports"] == [{"container": 8080, "host": 29201}]
    assert "hunter2" not in shown.out + shown.err
    assert engine.containers() == before


@pytest.mark.parametrize(
    "options, code, words",
    [
        (("--lab", "--owner", "kim"), 2, "exclude each other"),
        (("--title", "Vision"), 2, "--lab"),
        (("--tag", "UPPER"), 2, "cannot name an image"),
        (("--on", "nginx"), 1, "no Labdock server"),
        (("--on", "labdock/absent"), 3, "labdock/absent"),
        (("--owner", "kim", "--on", "labdock/park/own"), 2, "not on offer"),
        (("-m", "x" * 1001), 2, "1000 characters"),
    ],
)
def test_build_says_what_cannot_be_built(
    workspace: CommandLine, tmp_path: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "requirements.txt").write_text("einops\n")
    ended = workspace("build", str(tmp_path), *options)
    assert (ended.code, words in ended.err) == (code, True), ended.err


def test_build_needs_something_to_build(workspace: CommandLine, tmp_path: Path) -> None:
    assert workspace("build", str(tmp_path / "absent")).code == 3
    ended = workspace("build", str(tmp_path))
    assert ended.code == 2
    assert "requirements.txt" in ended.err


@pytest.mark.parametrize(
    "line, shown",
    [
        ("#9 [2/3] RUN true", "2/3  RUN true"),
        ("#9 3.1 labdock-warning: sudo is missing", "labdock-warning: sudo is missing"),
        ("#9 3.1 Collecting einops", None),
    ],
)
def test_what_is_shown_of_a_build(line: str, shown: str | None) -> None:
    assert image_builder.shown(line) == shown
