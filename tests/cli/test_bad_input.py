"""Whatever is typed ends in an exit code and a line or two, never in a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import CommandLine, Ended, new_engine, new_host
from workspace_cli import main
from workspace_cli.core import readiness
from workspace_cli.core.settings import Settings

PROGRESS = ("Creating the container", "Starting the container", "Stopping the container")
FLAGS = {
    "run": ("--detach", "--dry-run", "--json"),
    "commit": ("--no-pause", "--pause", "--dry-run", "--json", "--force"),
    "exec": ("-i", "-t", "--"),
    "diff": ("--json",),
    "history": ("--packages", "--json"),
    "images": ("-q", "--packages", "--json"),
    "ls": ("-a", "-q", "--json"),
    "logs": ("-f",),
    "rm": ("-f", "--force", "--purge", "--dry-run"),
    "start": ("--detach",),
    "stop": (),
    "restart": ("--detach", "--dry-run"),
    "rollback": ("--detach", "--no-save", "-f"),
    "share": ("--withdraw", "--json"),
    "pin": ("--json",),
    "unpin": (),
    "rmi": ("-f", "--dry-run"),
    "prune": ("-f", "--dry-run", "--json"),
    "show": ("--json",),
    "users": ("--generate", "--password-stdin", "--admin", "--json"),
    "token": ("--json",),
}
"""Commands that only touch the fake engine, with their flags; the machine's own are left out."""
VALUED = {
    "run": (
        *("--owner", "--image", "--gpus", "--cpus", "--memory", "-m", "--shm-size", "-p"),
        *("--publish", "-v", "-e", "--env-file", "-l", "--restart"),
    ),
    "commit": ("-m",),
    "exec": ("-u", "-w", "-e"),
    "images": ("--owner",),
    "share": ("--with",),
    "pin": ("-m",),
    "prune": ("--keep-last", "--older-than", "--owner"),
    "ls": ("--owner",),
    "logs": ("--tail", "-n"),
    "stop": ("-t", "--time"),
    "users": ("--password",),
    "token": ("--user", "--note", "--expires"),
}
WORDS = (
    *("kim/study", "study", "kim", "labdock/base", "labdock/pytorch:latest", "nginx", "true"),
    *("4g", "1.5", "0", "-1", "1e9", "9" * 400, "all", "29201:8080", "8080", "0:0", "1:2:3"),
    *("/tmp:/data", "/:/x", "/var/run/docker.sock:/x", "/proc:/x:ro", ":", "::", "a:b:c:d"),
    *("A=b", "=", "A", "labdock.owner=x", "no", "always", "on-failure:3", "", " ", "--", "-"),
    *("김철수", "../..", "{{.ID}}", "%s", "$(id)", "\0", "\udcff", "a\nb", "\x1b[2J", "x" * 5000),
    *("/dev/zero", "/etc/passwd", "sha256:" + "0" * 64, "a@sha256:b", "@", "never", "1d"),
)

junk = st.text(st.characters(), max_size=40)
word = st.sampled_from(WORDS) | junk
target = st.sampled_from(("kim/study", "study", "kim/study", "fresh")) | word


@st.composite
def command_lines(draw: st.DrawFn) -> tuple[str, ...]:
    """Draw a command line that the parser takes more often than not."""
    command = draw(st.sampled_from(sorted(FLAGS)))
    flags = st.sampled_from(FLAGS[command] or ("--help",)).map(lambda flag: (flag,))
    valued = st.tuples(st.sampled_from(VALUED.get(command, ("--bogus",))), word)
    options = draw(st.lists(valued if command in VALUED else flags, max_size=3))
    options += draw(st.lists(flags, max_size=2))
    positional = draw(st.lists(word, max_size=2))
    if command == "users":
        positional = [draw(st.sampled_from(("add", "passwd", "rm", "ls"))), *positional]
    elif command not in ("ls", "token"):
        positional = [draw(target), *positional[: 1 if command in ("commit", "exec") else 0]]
    words = [part for piece in options for part in piece]
    return command, *([*positional, *words] if command == "users" else [*words, *positional])


def command_line_on_a_new_machine(root: Path) -> CommandLine:
    engine = new_engine()
    machine = Settings(root=root, port_range=(29200, 29203))
    workspace = CommandLine(new_host(engine, machine), engine)
    workspace.ok("run", "kim/study", "--detach")
    return workspace


def check(argv: tuple[str, ...], ended: Ended) -> None:
    allowed = range(256) if argv[:1] == ("exec",) else range(7)
    assert ended.code in allowed, ended
    assert "nobody foresaw" not in ended.err
    assert "Traceback" not in ended.out + ended.err
    if ended.code and argv[:1] != ("exec",):
        told = [line for line in ended.err.splitlines() if line not in PROGRESS]
        assert told
        assert ended.err.count("workspace: ") >= 1
        assert len(told) <= 2 * len(argv), ended.err


def no_docker(program: str, line: list[str]) -> None:
    raise FileNotFoundError(program)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(argv=command_lines())
def test_generated_command_lines_end_in_an_exit_code(
    argv: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With -i the command line would become docker's own client.
    monkeypatch.setattr(os, "execvp", no_docker)
    # The fake publishes no port, so nothing would ever answer there.
    monkeypatch.setattr(readiness, "answers", lambda url: True)
    workspace = command_line_on_a_new_machine(tmp_path)
    check(argv, workspace(*argv))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=junk, owner=junk, image=junk, variable=junk)
def test_generated_names_end_in_an_exit_code(
    name: str, owner: str, image: str, variable: str, tmp_path: Path
) -> None:
    workspace = command_line_on_a_new_machine(tmp_path)
    for argv in (
        ("run", "--detach", f"--owner={owner}", "--", name),
        ("run", "--detach", f"--image={image}", "x"),
        ("run", "--detach", f"--env={variable}", f"--label={variable}", "y"),
        ("commit", "kim/study", "--", image),
        ("exec", "--", "kim/study", name),
    ):
        check(argv, workspace(*argv))
    assert {path.parent for path in workspace.host.settings.homes.iterdir()} <= {
        workspace.host.settings.homes
    }


@pytest.mark.parametrize("argument", ["\udcff", "a\0b"])
def test_bytes_that_are_no_text_are_refused(workspace: CommandLine, argument: str) -> None:
    ended = workspace("show", argument)
    assert ended.code == 2
    assert "Argument 2" in ended.err


def test_usage_errors_name_the_commands_own_help(workspace: CommandLine) -> None:
    for argv, path in (
        (("run",), "workspace run"),
        (("run", "x", "--memory"), "workspace run"),
        (("users", "add"), "workspace users add"),
        (("nonesuch",), "workspace"),
    ):
        ended = workspace(*argv)
        assert ended.code == 2
        assert ended.err.endswith(f"Try '{path} --help'.\n")


def test_a_typing_mistake_is_answered_with_the_right_command(workspace: CommandLine) -> None:
    assert "'commit'" in workspace("comit").err


def test_what_nobody_foresaw_is_kept_in_a_file(
    workspace: CommandLine,
) -> None:
    workspace.engine.fail_on("containers", ZeroDivisionError("a bug"))
    ended = workspace("ls")
    assert ended.code == 1
    assert len(ended.err.splitlines()) == 2
    (log,) = (workspace.host.settings.root / "logs").iterdir()
    assert str(log) in ended.err
    assert "ZeroDivisionError: a bug" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_uninstall_does_nothing_that_nobody_agreed_to(workspace: CommandLine) -> None:
    assert workspace("uninstall").code == 2
    assert "Nothing was removed" in workspace.ok("uninstall", stdin="n\n", terminal=True).err
    assert workspace.engine.calls == []


def test_interrupted_progress_ends_on_a_line_of_its_own(workspace: CommandLine) -> None:
    workspace.engine.fail_on("create", KeyboardInterrupt())
    ended = workspace("run", "x", "--detach", terminal=True)
    assert ended.code == main.INTERRUPTED
    assert ended.err.endswith("\nInterrupted.\n")


@pytest.mark.parametrize("command", sorted(main.MODULES))
def test_help_of_every_command_shows_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run_cli([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Examples:" in shown
    assert f"workspace {command}" in shown


def test_help_lists_every_command_in_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run_cli([]) == 0
    shown = capsys.readouterr().out
    assert "..." not in shown.partition("Commands:")[2]
    assert all(f"\n  {command} " in shown for command in main.MODULES)
