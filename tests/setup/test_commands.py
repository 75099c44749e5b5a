"""Running the host's programs."""

import pytest

from tests.setup.console import RecordingConsole
from workspace_cli.core.errors import DiskFullError, SetupError
from workspace_cli.setup.commands import attempt, capture, stream


def test_lines_are_told_as_they_come(console: RecordingConsole) -> None:
    stream(["sh", "-c", "echo one; echo two >&2"], console, failure="x")
    assert console.lines == ["one", "two"]


def test_lines_can_be_worded_or_left_out(console: RecordingConsole) -> None:
    def shown(line: str) -> str | None:
        return line.upper() if line == "one" else None

    stream(["sh", "-c", "echo one; echo two"], console, failure="x", shown=shown)
    assert console.lines == ["ONE"]


def test_a_failure_tells_its_end_and_what_to_do(console: RecordingConsole) -> None:
    with pytest.raises(SetupError, match="It failed") as caught:
        stream(["sh", "-c", "seq 100; exit 3"], console, failure="It failed", remedy="Do that.")
    assert "| 100" in caught.value.message
    assert "| 80\n" not in caught.value.message
    assert caught.value.remedy == "Do that."


def test_a_missing_program_is_named(console: RecordingConsole) -> None:
    with pytest.raises(SetupError, match="no-such-program cannot be run"):
        stream(["no-such-program"], console, failure="It failed")
    assert attempt(["no-such-program"])[0] == 127


def test_a_full_disk_is_told_as_one(console: RecordingConsole) -> None:
    with pytest.raises(DiskFullError):
        stream(["sh", "-c", "echo 'write: No space left on device'; exit 1"], console, failure="x")


def test_output_is_captured_and_input_passed_on() -> None:
    assert capture(["cat"], stdin="hello", failure="x") == "hello"
    with pytest.raises(SetupError, match="wrong"):
        capture(["sh", "-c", "echo wrong >&2; exit 1"], failure="It failed")


def test_the_client_is_sent_to_this_machines_engine_whatever_its_context(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    command = ["sh", "-c", "echo $DOCKER_HOST"]
    assert capture(command, failure="x") == "unix:///var/run/docker.sock\n"
    monkeypatch.setenv("DOCKER_HOST", "unix:///run/other.sock")
    assert capture(command, failure="x") == "unix:///run/other.sock\n"


def test_waiting_ends_at_its_limit() -> None:
    assert attempt(["sleep", "5"], timeout=0.1)[0] == 124
