"""A container's state and last end in plain words."""

from __future__ import annotations

from workspace_cli import text
from workspace_cli.core import labels
from workspace_cli.core.models import Container

_SIGNALS = {
    129: "its terminal hung up (SIGHUP)",
    130: "it was interrupted (SIGINT)",
    134: "it aborted (SIGABRT)",
    135: "it touched memory that is not there (SIGBUS); shared memory may be too small",
    136: "it made an arithmetic error (SIGFPE)",
    137: "it was killed (SIGKILL): it did not stop in time, or the machine ran out of memory",
    139: "it crashed (SIGSEGV)",
    143: "it was asked to stop (SIGTERM)",
}
_NEVER = -1


def state_sentence(container: Container, now: float) -> str:
    """Say what state a container is in, and since when."""
    health = f", {container.health}" if container.health not in (None, "none") else ""
    if container.state in ("running", "paused") and container.started:
        return f"{container.state} for {text.ago(now - container.started)}{health}"
    if container.state == "exited" and container.finished:
        return f"stopped {text.ago(now - container.finished)} ago"
    if container.state == "restarting":
        return "restarting: it ended, and its restart policy brings it back"
    if container.state == "created":
        return "created, never started"
    return f"{container.state}{health}"


def how_it_ended(container: Container) -> str:
    """Say why a container ended the last time; '' where it has not ended or nobody knows."""
    if container.error:
        return f"it could not start: {container.error}"
    if container.state in ("running", "paused", "created"):
        return _while_running(container)
    return _exit_sentence(container)


def _while_running(container: Container) -> str:
    # The engine sets the mark while the container still runs, when a child of it was killed.
    if container.oom_killed and container.state == "running":
        return f"a process in it was killed: out of memory{_limit(container)}"
    return ""


def _exit_sentence(container: Container) -> str:
    code = _NEVER if container.exit_code is None else container.exit_code
    if container.oom_killed and code not in (0, 143):
        return f"it was killed: out of memory{_limit(container)} (exit code {code})"
    if code == _NEVER:
        return ""
    if _was_stopped(container) and code in (0, 137, 143):
        return "it was stopped"
    if code == 0:
        return "it ended by itself, without an error"
    if code in (125, 126, 127):
        return f"its start program could not be run (exit code {code})"
    return _SIGNALS.get(code, "it failed") + f" (exit code {code})"


def _was_stopped(container: Container) -> bool:
    # A stop turns the restart policy off, which the label still names.
    return container.restart == "no" != container.labels.get(labels.RESTART, "no")


def _limit(container: Container) -> str:
    memory = container.limits.memory
    return f", its limit is {text.memory(memory)}" if memory else ""
