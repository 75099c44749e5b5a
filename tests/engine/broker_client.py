"""A client of the broker as a process of its own: a hub's start, or a command line that waits.

``python -m tests.engine.broker_client '{"kind": "hub", …}'`` prints ``holds …`` or
``waits …`` and, as a command line, stays until its standard input ends.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import Any

from workspace_cli.core import broker, gpu_inventory
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import NoFreeGpuError
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import bring_up

ALIVE_SECONDS = 5.0
CHANGES = ("create", "start", "update", "rename", "connect", "create_network", "remove")


def host_of(wanted: dict[str, Any]) -> Host:
    """Return the machine that the test has set up."""
    gpu_inventory.CDI_FOLDERS = (Path(wanted["cdi"]),)
    settings = Settings(root=Path(wanted["root"]), port_range=tuple(wanted["ports"]))
    offered = Catalogue.of((CatalogueImage(name=wanted["image"], workspace=True),))
    return Host(DockerEngine(wanted["engine"]), settings, offered)


def die_at(host: Host, number: int, *, done: bool) -> None:
    """Let this process be killed at its n-th change of the engine, or right after it."""
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

    for name in CHANGES:
        if hasattr(host.engine, name):
            setattr(host.engine, name, wrapped(getattr(host.engine, name)))


def main(wanted: dict[str, Any]) -> None:
    """Bring a workspace with GPUs up, or stand in line."""
    host = host_of(wanted)
    if wanted.get("die_at"):
        die_at(host, wanted["die_at"], done=wanted["done"])
    spec = WorkspaceSpec(
        owner=wanted["owner"],
        name=wanted["name"],
        image=wanted["image"],
        kind="hub" if wanted["kind"] == "hub" else "standalone",
        gpus=1,
        restart=wanted["restart"],
    )
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        made = bring_up(host, spec)
    except NoFreeGpuError:
        asked = broker.ask(host, spec.owner, spec.name, 1, kind=wanted["kind"])
        if isinstance(asked, broker.Granted):
            print("holds", *bring_up(host, spec).gpus, flush=True)
            return
        print("waits", asked.request.asked, flush=True)
        while wanted["kind"] == "cli" and not select.select([sys.stdin], [], [], ALIVE_SECONDS)[0]:
            broker.alive(host, asked.request.id)
    else:
        print("holds", *made.gpus, flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
