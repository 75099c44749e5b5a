"""A client of the broker as a process of its own, of one of three kinds.

``hub`` starts and stands in line where it gets nothing, ``portal`` asks for its
turn first, ``cli`` is a command line that waits until it is told to go.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from workspace_cli.core import broker, gpu_inventory, lease_rows, line_rows
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import EngineUnreachableError, LabdockError, NoFreeGpuError
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import bring_up, launch

ALIVE_SECONDS = 5.0
CHANGES = ("create", "start", "update", "rename", "connect", "create_network", "remove")
ROWS = ((lease_rows, "put"), (line_rows, "put"), (line_rows, "drop_of"))

PROCESSES = get_context("forkserver")
"""Each client is a process; what all of them import is loaded once."""
PROCESSES.set_forkserver_preload([__name__])


def host_of(wanted: dict[str, Any]) -> Host:
    """Return the machine that the test has set up."""
    gpu_inventory.CDI_FOLDERS = (Path(wanted["cdi"]),)
    settings = Settings(root=Path(wanted["root"]), port_range=tuple(wanted["ports"]))
    offered = Catalogue.of((CatalogueImage(name=wanted["image"], workspace=True),))
    return Host(DockerEngine(wanted["engine"]), settings, offered)


def die_at(host: Host, number: int, *, done: bool) -> None:
    """Let this process be killed at its n-th change of engine or database, or right after it."""
    count = 0

    def wrapped(method: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            mine = count == number
            if mine and not done:
                os.kill(os.getpid(), signal.SIGKILL)
            result = method(*args, **kwargs)
            if mine:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    for place, name in (*((host.engine, name) for name in CHANGES), *ROWS):
        setattr(place, name, wrapped(getattr(place, name)))


def main(wanted: dict[str, Any], parent: Connection) -> None:
    """Bring a workspace with a GPU up, or stand in line; say ``holds …`` or ``waits …``."""
    host = host_of(wanted)
    if wanted.get("die_at"):
        die_at(host, wanted["die_at"], done=wanted["done"])
    parent.send("ready")
    parent.recv()
    try:
        parent.send(_try(host, wanted))
    except LabdockError as exc:
        parent.send(f"fails {exc}")
    while wanted["kind"] == "cli" and not parent.poll(ALIVE_SECONDS):
        with suppress(EngineUnreachableError):  # the engine is restarted
            for place in broker.line(host):
                if place.request.identity == (wanted["owner"], wanted["name"]):
                    broker.alive(host, place.request.id)


def _try(host: Host, wanted: dict[str, Any]) -> str:
    command_line = wanted["kind"] == "cli"
    spec = WorkspaceSpec(
        owner=wanted["owner"],
        name=wanted["name"],
        image=wanted["image"],
        kind="standalone" if command_line else "hub",
        gpus=1,
        restart=wanted["restart"],
    )
    kind: Literal["cli", "hub"] = "cli" if command_line else "hub"
    start = launch if command_line else bring_up
    try:
        if wanted["kind"] == "portal":
            broker.ask(host, spec.owner, spec.name, 1, kind=kind)
        return f"holds {' '.join(start(host, spec).gpus)}"
    except NoFreeGpuError:
        asked = broker.ask(host, spec.owner, spec.name, 1, kind=kind)
        if isinstance(asked, broker.Waiting):
            return f"waits {asked.request.asked!r}"
    return f"holds {' '.join(start(host, spec).gpus)}"


class Client:
    """One such process, seen from the test: it asks once it is told to."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self._link, other = PROCESSES.Pipe()
        self.process = PROCESSES.Process(target=main, args=(wanted, other), daemon=True)
        self.process.start()
        other.close()
        assert self.hear() == "ready"

    def go(self) -> None:
        """Let it ask."""
        self._link.send("go")

    def hear(self) -> str:
        """Return what it says, '' where it has died."""
        try:
            return str(self._link.recv())
        except (EOFError, ConnectionResetError):
            return ""

    @property
    def has_said(self) -> bool:
        """Whether it has said something that nobody has heard yet."""
        return self._link.poll()

    def end(self) -> int | None:
        """Let it leave; return its exit code, below 0 where it was killed."""
        self._link.close()
        self.process.join(120)
        return self.process.exitcode
