"""What the shell offers while somebody types."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import CommandLine, Ended

Study = Callable[..., Ended]
Complete = Callable[[str], list[str]]


@pytest.fixture
def complete(
    workspace: CommandLine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Complete:
    def offered(line: str) -> list[str]:
        monkeypatch.setenv("_WORKSPACE_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
        assert workspace().code == 0
        monkeypatch.delenv("_WORKSPACE_COMPLETE")
        return capsys.readouterr().out.split()

    return offered


def test_names_that_are_clear_are_offered_short(
    study: Study, complete: Complete, workspace: CommandLine
) -> None:
    study("study", owner="kim")
    study("paper", owner="kim")
    study("study", owner="lee")
    assert complete("workspace show ") == ["paper", "kim/paper", "kim/study", "lee/study"]
    assert complete("workspace rm --force lee/") == ["lee/study"]
    assert complete("workspace stop kim/paper kim/s") == ["kim/study"]


def test_images_with_a_server_are_offered(complete: Complete) -> None:
    assert complete("workspace run x --image ") == ["labdock/base", "labdock/pytorch"]


def test_owners_are_offered(study: Study, complete: Complete) -> None:
    study(owner="kim")
    assert complete("workspace ls --owner k") == ["kim"]


def test_an_engine_that_is_down_offers_nothing(
    study: Study, complete: Complete, workspace: CommandLine
) -> None:
    study()
    workspace.engine.unreachable = True
    assert complete("workspace show ") == []
