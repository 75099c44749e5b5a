"""Keeps hub and proxy on every owner's network, and the engine free of leftovers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from logging import Logger

from hub.machine import Machine
from workspace_cli.core import labels, networks, workspaces
from workspace_cli.core.errors import EngineUnreachableError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace
from workspace_cli.core.revival import revive

ENGINE_SECONDS = 120.0
"""An engine that restarts with many containers takes its time."""
STEP = 0.5


async def wait_for_engine(
    machine: Machine, log: Logger, clock: Callable[[], float] = time.monotonic
) -> None:
    """Return once the engine answers; EngineUnreachableError after two minutes.

    The hub would take every server for stopped if it asked before that.
    """
    deadline = clock() + ENGINE_SECONDS
    while True:
        try:
            await machine.ask(machine.host.engine.info)
        except EngineUnreachableError as exc:
            if clock() > deadline:
                raise
            log.warning("Waiting for the engine: %s", exc.message)
            await asyncio.sleep(STEP)
        else:
            return


async def attach(machine: Machine) -> None:
    """Attach hub and proxy to every owner's network, and note the proxy's addresses."""
    machine.proxy_addresses = await machine.ask(_attach, machine.host)


def _attach(host: Host) -> frozenset[str]:
    wanted = {network.name for network in host.engine.networks({labels.OWNER: None})}
    stack = host.engine.containers({labels.STACK: None})
    if any(wanted - set(container.networks) for container in stack):
        # Under the lock: another client may be removing one of them at this moment.
        with host.locked():
            networks.attach_stack(host)
        stack = host.engine.containers({labels.STACK: None})
    proxies = [row for row in stack if row.labels[labels.STACK] == "proxy"]
    return frozenset(address for proxy in proxies for address in proxy.networks.values() if address)


async def revive_workspaces(
    machine: Machine, servers: Collection[tuple[str, str]], log: Logger
) -> None:
    """Start what a crash of the engine has left stopped; failures are only logged.

    ``servers`` are the (owner, workspace) that the hub takes to run.  A container of
    its kind that it takes for stopped stays so: nobody would see it run.
    """

    def concerns(one: Workspace) -> bool:
        return one.kind == "standalone" or (one.owner, one.name) in servers

    try:
        done = await machine.submit(revive, machine.host, concerns)
    except LabdockError as exc:
        log.warning("What a crash has left stopped stays so: %s", exc)
        return
    for revival in done:
        if revival.error is None:
            log.warning("%s had been left stopped and runs again", revival.workspace.reference)
        else:
            log.error("%s stays stopped: %s", revival.workspace.reference, revival.error)


async def reap_leftovers(machine: Machine, log: Logger) -> None:
    """Remove what clients that died left behind; a failure is only logged."""
    try:
        removed = await machine.submit(_reap, machine)
    except LabdockError as exc:
        log.warning("Leftovers stay for now: %s", exc)
    else:
        for name in removed:
            log.info("Removed a leftover: %s", name)


def _reap(machine: Machine) -> list[str]:
    host = machine.host
    removed = workspaces.reap(host)
    with host.locked():
        owners = {row.labels[labels.OWNER] for row in host.engine.containers({labels.OWNER: None})}
        unused = {
            network.name: network.labels[labels.OWNER]
            for network in host.engine.networks({labels.OWNER: None})
            if network.labels[labels.OWNER] not in owners
        }
        # One that was just made is on its way to its first container: it goes a look later.
        for name in unused.keys() & machine.unused_networks:
            networks.remove_owner_network(host, unused[name])
            removed.append(name)
    machine.unused_networks = frozenset(unused)
    return removed
