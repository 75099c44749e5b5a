"""Waits until a server answers: short steps, no back-off."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from workspace_cli.core import oom
from workspace_cli.core.errors import StartFailedError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace

STEP = 0.03
"""Seconds between two tries; a doubling back-off overshoots by 0.7 to 1.8 s."""
_LOOK_EVERY = 0.5
_LOG_LINES = 20
_NOTED_LATE = 0.25
"""Seconds by which the engine may note a start after the program's first words."""


def wait_ready(
    url: str,
    timeout: float,
    still_running: Callable[[], bool] | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return once an HTTP server answers at the URL with anything but a server error.

    Raises StartFailedError after ``timeout`` seconds, or as soon as
    ``still_running`` says that nothing is there any more.
    """
    began = looked = clock()
    while not answers(url):
        now = clock()
        if now - began > timeout:
            raise StartFailedError(
                f"The server did not answer within {timeout:g} s.", "See its log: workspace logs."
            )
        if still_running and now - looked >= _LOOK_EVERY:
            looked = now
            if not still_running():
                raise StartFailedError(
                    "The server ended before it answered.", "See its log: workspace logs."
                )
        sleep(STEP)


def answers(url: str, timeout: float = 2.0) -> bool:
    """Tell whether a server answers at the URL now, with a status below 500."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=timeout)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_for_workspace(host: Host, workspace: Workspace, url: str, timeout: float = 60) -> None:
    """Wait for a workspace's server; StartFailedError tells the end of its log."""
    name = workspace.container.name

    def still_running() -> bool:
        return host.engine.container(name).state in ("running", "paused")

    try:
        wait_ready(url, timeout, still_running)
    except StartFailedError as exc:
        raise StartFailedError(
            f"{workspace.reference} was started, but {_lower(exc.message)}"
            f"{cause(host, name)}{log_end(host, name)}",
            f"`workspace logs {workspace.reference}` shows all of its log.",
        ) from exc


def last_words(host: Host, name: str, lines: int) -> str:
    """Return the end of what a container printed since its last start, nothing of runs before."""
    started = host.engine.container(name).started
    since = None if started is None else started - _NOTED_LATE
    printed = b"".join(host.engine.logs(name, tail=lines, since=since))
    return printed.decode(errors="replace").strip()


def log_end(host: Host, name: str) -> str:
    """Return the last lines of a container's log for a message; empty where it has none."""
    text = last_words(host, name, _LOG_LINES)
    return f" The end of its log:\n{text}\n" if text else ""


def cause(host: Host, name: str) -> str:
    """Return why a container ended, as a sentence after another; empty where nobody knows."""
    container = host.engine.container(name)
    if said := oom.sentence(container):
        return f" {said}"
    return f" {container.error}." if container.error else ""


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
