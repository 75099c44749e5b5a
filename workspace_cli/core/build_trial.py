"""Starts an image once, thrown away afterwards, to see whether its server comes up."""

from __future__ import annotations

import secrets as random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from workspace_cli.core import clean_image, labels
from workspace_cli.core.arguments import DEFAULT_CAPABILITIES
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import (
    ImageNotFoundError,
    LabdockError,
    StartFailedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Limits
from workspace_cli.core.secrets import AUTH_PASSWORD, AUTH_USER, generate_password
from workspace_cli.core.waiting import finished, surely

PREFIX = "labdock-trial-"
LONGEST_SECONDS = 120.0
LEFTOVER_SECONDS = 3600.0
"""After which a trial or a build that is still there is a dead client's."""
MEMORY = 4 * 2**30
_STEP = 0.1
_TAIL = 15
_PYTHON = "/opt/labdock/bin/python"
_ASK = (
    "import socket\n"
    "s = socket.create_connection(('127.0.0.1', 8080), 4)\n"
    "s.sendall(b'GET /api HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n')\n"
    "raise SystemExit(0 if s.recv(5) == b'HTTP/' else 1)"
)
_KERNEL = (
    "/usr/local/bin/labdock-enter",
    "/opt/env/bin/python",
    "-c",
    "import ipykernel.kernelapp",
)


def marks(host: Host) -> dict[str, str]:
    """Return the labels of what is there for a trial only, and until when it may be."""
    due = host.clock() + LEFTOVER_SECONDS
    return {labels.TRIAL: f"{due:.0f}", labels.ROOT: str(host.settings.root)}


def try_out(host: Host, image: str, report: Report | None = None) -> None:
    """Start an image without a network and wait for its server and its notebook kernel.

    Raises StartFailedError with the end of its log; the container is gone afterwards.
    """
    if report:
        report(Progress("Trying it out"))
    with _running(host, image) as name:
        _await_server(host, name)
        found = host.engine.execute(name, _KERNEL)
        if found.exit_code != 0:
            raise StartFailedError(
                "What was built comes up, but notebooks would not start in it:\n"
                + _lines(found.output),
                "The environment at /opt/env needs the package ipykernel. Nothing was kept.",
            )


@contextmanager
def _running(host: Host, image: str) -> Iterator[str]:
    request = _request(host, image)

    def remove() -> None:
        with suppress(WorkspaceNotFoundError):
            host.engine.remove(request.name, force=True)

    try:
        finished(lambda: host.engine.create(request))
        finished(lambda: host.engine.start(request.name))
        yield request.name
    finally:
        surely(remove)


def _request(host: Host, image: str) -> ContainerRequest:
    return ContainerRequest(
        name=PREFIX + random.token_hex(6),
        image=image,
        environment={
            AUTH_USER: "trial",
            AUTH_PASSWORD: generate_password(),
            "NVIDIA_VISIBLE_DEVICES": "void",
        },
        labels=marks(host),
        network="none",
        limits=Limits(memory=MEMORY, pids=512),
        cap_drop=("ALL",),
        cap_add=DEFAULT_CAPABILITIES,
        stop_timeout=0,
        health_check=False,
    )


def _await_server(host: Host, name: str) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        state = host.engine.container(name)
        if state.state != "running":
            raise StartFailedError(
                "What was built was started to try it out, and its start program ended with code "
                f"{state.exit_code}:\n{_log(host, name)}",
                "The lines above say why; nothing was kept.",
            )
        try:
            if host.engine.execute(name, [_PYTHON, "-I", "-S", "-c", _ASK]).exit_code == 0:
                return
        except LabdockError:
            # It may have ended meanwhile; the next look tells.
            pass
        time.sleep(_STEP)
    raise StartFailedError(
        "What was built was started to try it out, and did not answer within "
        f"{LONGEST_SECONDS:.0f} s:\n{_log(host, name)}",
        "Try again when the machine is less busy.",
    )


def _log(host: Host, name: str) -> str:
    with suppress(LabdockError):
        return _lines(b"".join(host.engine.logs(name, tail=_TAIL)))
    return ""


def _lines(output: bytes) -> str:
    told = output.decode(errors="replace").strip().splitlines()[-_TAIL:]
    return "".join(f"  | {line}\n" for line in told)


def reap(host: Host) -> list[str]:
    """Remove what trials and builds of dead clients left behind; returns their names."""
    removed = []
    wanted = {labels.TRIAL: None, labels.ROOT: str(host.settings.root)}
    for row in host.engine.containers(wanted):
        if _is_due(row.labels, host.clock()) and row.name.startswith(PREFIX):
            with suppress(WorkspaceNotFoundError):
                host.engine.remove(row.id, force=True)
                removed.append(row.name)
    prefix = clean_image.unfinished_prefix(host)
    for image in host.engine.images(wanted):
        for tag in image.tags:
            if tag.startswith(prefix) and _is_due(image.labels, host.clock()):
                with suppress(ImageNotFoundError):
                    host.engine.remove_image(tag)
                    removed.append(tag)
    return removed


def _is_due(found: object, now: float) -> bool:
    due = found.get(labels.TRIAL, "") if isinstance(found, dict) else ""
    return not due.isdecimal() or int(due) <= now
