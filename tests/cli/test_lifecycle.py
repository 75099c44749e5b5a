"""``start``, ``stop``, ``restart``, ``rm``, ``commit``, ``exec`` and ``logs``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.cli.conftest import ENTER, CommandLine, Ended
from workspace_cli.core import fake_containers
from workspace_cli.core.errors import DiskFullError, StartFailedError

Study = Callable[..., Ended]
CONTAINER = "labdock-kim--study"


def test_stop_and_start_keep_the_container(workspace: CommandLine, study: Study) -> None:
    study()
    container = workspace.engine.container(CONTAINER)
    assert workspace.ok("stop", "study").out == "kim/study\n"
    assert workspace.engine.container(CONTAINER).state == "exited"
    assert "stopped" in workspace.ok("show", "study").out
    workspace.ok("start", "--detach", "study")
    assert workspace.engine.container(CONTAINER).id == container.id
    assert workspace.engine.container(CONTAINER).restart == "unless-stopped"


def test_several_at_once_go_on_after_a_failure(workspace: CommandLine, study: Study) -> None:
    study("one")
    study("two")
    ended = workspace("stop", "one", "nonesuch", "two")
    assert ended.code == 3
    assert ended.out == "kim/one\nkim/two\n"
    assert "nonesuch" in ended.err


def test_restart_brings_the_same_container_back(workspace: CommandLine, study: Study) -> None:
    study()
    container = workspace.engine.container(CONTAINER)
    workspace.ok("restart", "--detach", "study")
    again = workspace.engine.container(CONTAINER)
    assert again.id == container.id
    assert again.state == "running"


@pytest.mark.parametrize("seconds", ["-1", "soon", "99999", "1e3", ""])
def test_stop_refuses_a_time_that_is_none(
    workspace: CommandLine, study: Study, seconds: str
) -> None:
    study()
    ended = workspace("stop", "--time", seconds, "study")
    assert ended.code == 2
    assert "--time" in ended.err


@pytest.mark.parametrize("verb", ["start", "stop", "restart", "rm", "show", "logs", "commit"])
def test_a_missing_workspace_is_exit_3(workspace: CommandLine, verb: str) -> None:
    ended = workspace(verb, "nonesuch")
    assert ended.code == 3
    assert ended.out == ""


@pytest.mark.parametrize("verb", ["ls", "show", "start", "logs", "commit", "rm"])
def test_an_engine_that_is_down_is_exit_6(workspace: CommandLine, study: Study, verb: str) -> None:
    study()
    workspace.engine.unreachable = True
    assert workspace(*([verb] if verb == "ls" else [verb, "study"])).code == 6


def test_dry_runs_do_nothing(workspace: CommandLine, study: Study) -> None:
    study()
    before = workspace.engine.container(CONTAINER)
    assert f"docker restart {CONTAINER}" in workspace.ok("restart", "--dry-run", "study").out
    assert f"docker rm --force {CONTAINER}" in workspace.ok("rm", "--dry-run", "study").out
    commit = workspace.ok("commit", "--dry-run", "--no-pause", "study", "x:v1", "-m", "two words")
    line = f"docker commit -m 'two words' --pause=false {CONTAINER} labdock/kim/x:v1"
    assert line in commit.out.splitlines()
    assert "passwords" in commit.out
    assert workspace.engine.container(CONTAINER) == before


def test_rm_refuses_what_runs_and_force_does_not(workspace: CommandLine, study: Study) -> None:
    study()
    ended = workspace("rm", "study")
    assert ended.code == 4
    assert "--force" in ended.err
    workspace.ok("rm", "--force", "study")
    assert workspace.ok("ls", "-aq").out == ""


def test_rm_keeps_the_home_and_purge_deletes_it(workspace: CommandLine, study: Study) -> None:
    study()
    home = workspace.host.settings.homes / "kim"
    (home / "thesis.txt").write_text("years")
    workspace.ok("rm", "--force", "study")
    assert (home / "thesis.txt").exists()
    study()
    workspace.ok("rm", "--force", "--purge", "study")
    assert not home.exists()


def test_rm_asks_a_person_and_takes_no_for_an_answer(workspace: CommandLine, study: Study) -> None:
    study()
    workspace.ok("stop", "study")
    for answer in ("n\n", "\n", ""):
        ended = workspace.ok("rm", "study", stdin=answer, terminal=True)
        assert "was kept" in ended.err
    assert workspace.ok("ls", "-aq").out == "kim/study\n"
    workspace.ok("rm", "study", stdin="y\n", terminal=True)
    assert workspace.ok("ls", "-aq").out == ""


def test_purge_lists_what_goes_before_it_asks(workspace: CommandLine, study: Study) -> None:
    study()
    workspace.ok("stop", "study")
    ended = workspace.ok("rm", "--purge", "study", stdin="n\n", terminal=True)
    assert str(workspace.host.settings.homes / "kim") in ended.err
    assert (workspace.host.settings.homes / "kim").exists()


def test_purge_without_anybody_to_ask_needs_force(workspace: CommandLine, study: Study) -> None:
    study()
    ended = workspace("rm", "--purge", "study")
    assert ended.code == 2
    assert "--force" in ended.err


def test_purge_refuses_a_home_that_others_use(workspace: CommandLine, study: Study) -> None:
    study("study")
    study("paper")
    ended = workspace("rm", "--force", "--purge", "study")
    assert ended.code == 4
    assert "kim/paper" in ended.err
    assert "kim/study" in workspace.ok("ls", "-q").out


def test_commit_tells_what_was_saved_and_what_was_not(workspace: CommandLine, study: Study) -> None:
    study()
    workspace.engine.made(CONTAINER).write("/opt/env/figlet", b"x" * 2000)
    ended = workspace.ok("commit", "study", "vision:v2", "-m", "with figlet")
    assert "labdock/kim/vision:v2" in ended.out
    assert "with figlet" in ended.out
    assert "not saved   /workspace" in ended.out
    assert "/run/labdock" not in ended.out
    saved = workspace.engine.image("labdock/kim/vision:v2")
    assert saved.labels["labdock.note"] == "with figlet"


def test_commit_to_a_taken_tag_needs_force(workspace: CommandLine, study: Study) -> None:
    study()
    workspace.ok("commit", "study", "x:v1")
    ended = workspace("commit", "study", "x:v1")
    assert ended.code == 4
    assert "--force" in ended.err
    assert workspace.ok("commit", "--force", "study", "x:v1", "--json").json["reference"] == (
        "labdock/kim/x:v1"
    )


@pytest.mark.parametrize("name", ["UPPER", "a b", "x:y:z", "-x", "x" * 300, "labdock/internal:x"])
def test_commit_refuses_a_name_that_is_none(
    workspace: CommandLine, study: Study, name: str
) -> None:
    study()
    assert workspace("commit", "study", "--", name).code == 2


def test_commit_on_a_full_disk_says_so(workspace: CommandLine, study: Study) -> None:
    study()
    workspace.engine.fail_on("commit", DiskFullError("The disk is full.", "Free some space."))
    ended = workspace("commit", "study")
    assert ended.code == 1
    assert "disk is full" in ended.err


@pytest.fixture
def entered(workspace: CommandLine, monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that ran as the member, by an image's own way in."""
    seen: list[Sequence[str]] = []

    def enter(container: fake_containers.FakeContainer, words: Sequence[str]) -> tuple[int, bytes]:
        seen.append(words)
        program = fake_containers.PROGRAMS.get(words[0])
        return program(container, words[1:]) if program else (127, b"no such command\n")

    monkeypatch.setitem(fake_containers.PROGRAMS, ENTER, enter)
    return seen


def test_exec_runs_as_the_member_and_passes_options_on(
    workspace: CommandLine, study: Study, entered: list[Sequence[str]]
) -> None:
    study()
    assert workspace.ok("exec", "study", "echo", "-n", "--help").out == "-n --help\n"
    assert workspace.ok("exec", "study", "--", "echo", "two").out == "two\n"
    assert entered == [["echo", "-n", "--help"], ["echo", "two"]]


def test_exec_passes_on_exit_code_and_standard_error(
    workspace: CommandLine, study: Study, entered: list[Sequence[str]]
) -> None:
    study()
    ended = workspace("exec", "study", "cat", "/nonesuch")
    assert ended.code == 1
    assert ended.out == ""
    assert "no such file" in ended.err


def test_exec_of_what_ends_with_130_is_no_interrupt(
    workspace: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    study()
    interrupted = {ENTER: lambda container, words: (130, b"")}
    monkeypatch.setitem(fake_containers.PROGRAMS, ENTER, interrupted[ENTER])
    ended = workspace("exec", "study", "sh")
    assert ended.code == 130
    assert ended.err == ""


def test_exec_as_another_user_does_not_enter_as_the_member(
    workspace: CommandLine, study: Study, entered: list[Sequence[str]]
) -> None:
    study()
    assert workspace.ok("exec", "-u", "root", "study", "echo", "hi").out == "hi\n"
    assert entered == []


def test_exec_sets_variables_and_the_folder(
    workspace: CommandLine, study: Study, entered: list[Sequence[str]]
) -> None:
    study()
    assert workspace.ok("exec", "-e", "A=b=c", "study", "printenv", "A").out == "b=c\n"
    assert workspace("exec", "-w", "/a dir", "study", "pwd").code == 127
    assert entered[-1][-2:] == ["/a dir", "pwd"]


def test_exec_in_an_image_that_knows_no_member(workspace: CommandLine) -> None:
    workspace.ok("run", "web", "--owner", "kim", "--image", "nginx", "-p", "80")
    assert workspace.ok("exec", "web", "echo", "hi").out == "hi\n"


def test_exec_in_a_stopped_workspace_is_a_conflict(workspace: CommandLine, study: Study) -> None:
    study()
    workspace.ok("stop", "study")
    ended = workspace("exec", "study", "true")
    assert ended.code == 4
    assert "workspace start kim/study" in ended.err


def test_exec_needs_a_terminal_for_t(workspace: CommandLine, study: Study) -> None:
    study()
    assert workspace("exec", "-it", "study", "bash").code == 2


def test_logs_pass_on_what_was_written(workspace: CommandLine, study: Study) -> None:
    study()
    now = workspace.engine.clock()
    printed = [(now, b"first\n"), (now, "둘째\n".encode())]
    workspace.engine.made(CONTAINER).output += printed
    assert workspace.ok("logs", "study").out == "first\n둘째\n"
    assert workspace.ok("logs", "--tail", "1", "study").out == "둘째\n"
    assert workspace("logs", "--tail", "-1", "study").code == 2


def test_start_that_fails_says_why(workspace: CommandLine, study: Study) -> None:
    study()
    workspace.ok("stop", "study")
    workspace.engine.fail_on("start", StartFailedError("It did not start.", "Look at the log."))
    ended = workspace("start", "study")
    assert ended.code == 1
    assert ended.err.endswith("workspace: It did not start.\nLook at the log.\n")


def test_start_of_a_taken_port_is_a_conflict(workspace: CommandLine, study: Study) -> None:
    study("study", "-p", "29202:8080")
    workspace.ok("stop", "study")
    workspace.engine.foreign_ports.add(29202)
    ended = workspace("start", "study")
    assert ended.code == 4
    assert "29202" in ended.err
