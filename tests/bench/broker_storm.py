"""The broker in a storm: many processes ask, die and come back, until a fault would show.

Each round lets 40 clients of all kinds ask at once for four stand-in GPUs on an
engine of its own.  Some are killed at a random step, sometimes a stranger holds a
GPU, sometimes the engine is restarted or killed.  All the while nobody may hold a
GPU that somebody else holds; afterwards none may be lost, and everybody who
waits gets their turn in order.

    .venv/bin/python -m tests.bench.broker_storm --minutes 10
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hub.machine import Machine
from hub.upkeep import revive_workspaces
from tests.engine.broker_client import Client, host_of
from tests.engine.broker_rush import KINDS, UUIDS, engine_with_gpus, holders, told
from tests.second_engine import SecondEngine
from tests.support import tiny_file_system
from workspace_cli.core import broker, labels
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.line_rows import Request
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.reading import find, list_workspaces
from workspace_cli.core.removal import reap
from workspace_cli.core.workspaces import bring_up, remove, stop

CLIENTS = 40
KILLED = 0.3
"""How likely a client is to die at one of its steps."""
STEPS = 12
"""A client that gets a GPU takes about as many; one that is to die later lives."""
LOOK_SECONDS = 0.02
STOPPED = 0.05
"""How likely somebody gives a GPU back between two looks."""
HOUR = 3600.0


@dataclass
class Storm:
    """What has been seen so far."""

    rounds: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        parts = ", ".join(f"{count} {what}" for what, count in sorted(self.seen.items()))
        return f"{self.rounds} rounds: {parts}"


def main() -> int:
    """Run rounds until the time is over; the first fault ends it with what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.broker_storm", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    logging.disable(logging.ERROR)
    seed = secrets.randbits(32) if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    chance, storm = random.Random(seed), Storm()
    end = time.monotonic() + 60 * arguments.minutes
    with server_image() as (source, image), engine_with_gpus(source, image) as engine:
        while time.monotonic() < end:
            with tempfile.TemporaryDirectory() as folder:
                _round(engine, told(engine, Path(folder) / "root", image), chance, storm)
            engine.remove_containers()
            storm.rounds += 1
            print(storm, flush=True)
    print(f"No GPU was held twice and none was lost. {storm}")
    return 0


@contextmanager
def server_image() -> Iterator[tuple[DockerEngine, str]]:
    """Put a small image that passes for one with a server on this machine's engine."""
    engine, reference = DockerEngine(), f"labdock-tests/storm:{secrets.token_hex(4)}"
    build = ["docker", "import", "--change", f"LABEL {labels.SERVER}=1"]
    build += ["--change", 'CMD ["sleep", "infinity"]', "--change", "ENV PATH=/bin"]
    with tempfile.NamedTemporaryFile(suffix=".tar") as file:
        for piece in tiny_file_system():
            file.write(piece)
        file.flush()
        subprocess.run([*build, file.name, reference], check=True, capture_output=True)
    try:
        yield engine, reference
    finally:
        engine.remove_image(reference)


def _round(
    engine: SecondEngine, wanted: dict[str, Any], chance: random.Random, storm: Storm
) -> None:
    wanted["restart"] = chance.choice(["no", "on-failure:3", "always", "unless-stopped"])
    host = host_of(wanted)
    free = set(UUIDS)
    if chance.random() < 0.3:
        gpu = chance.randrange(len(UUIDS))
        free.discard(UUIDS[gpu])
        _hold_by_hand(engine, wanted["image"], gpu)
        storm.seen["rounds beside a stranger"] += 1
    clients = _clients(wanted, chance)
    for client in clients.values():
        client.go()
    with ThreadPoolExecutor(len(UUIDS)) as pool:
        hub = Hub(host, wanted["image"], clients, chance, pool)
        while any(one.process.is_alive() and not one.has_said for one in clients.values()):
            holders(host)
            storm.seen["looks"] += 1
            if chance.random() < STOPPED:
                hub.move_on()
            time.sleep(LOOK_SECONDS)
    for start in hub.begun.values():
        start.result()
        storm.seen["turns in the rush"] += 1
    for client in clients.values():
        said = client.hear().split()
        storm.seen[f"clients: {said[0] if said else 'killed'}"] += 1
        assert said[:1] != ["fails"], said
    if chance.random() < 0.3 and wanted["restart"] != "no":
        _restart(engine, host, chance, storm)
        free = set(UUIDS)  # the stranger has no restart policy
    _check_line(host)
    for client in clients.values():
        client.end()
    _settle(host, wanted["image"], free, storm)


@dataclass
class Hub:
    """Does what a hub does while clients ask: starts whose turn has come when somebody stops."""

    host: Host
    image: str
    clients: Mapping[str, Client]
    chance: random.Random
    pool: ThreadPoolExecutor
    begun: dict[str, Future[None]] = field(default_factory=dict)
    """Request → its start."""

    def move_on(self) -> None:
        """Let somebody stop, and move the line."""
        held = [name for name in holders(self.host).values() if self.said(name)]
        if held:
            self.pool.submit(_give_back, self.host, self.chance.choice(held))
        for grant in broker.advance(self.host):
            request = grant.request
            name = f"{request.owner}/{request.workspace}"
            # Whose client still asks may be about to start it.
            if request.kind == "hub" and self.said(name) and request.id not in self.begun:
                start = self.pool.submit(_take_turn, self.host, self.image, request)
                self.begun[request.id] = start

    def said(self, name: str) -> bool:
        """Tell whether a workspace's client has had its answer, or has died."""
        return self.clients[name].has_said


def _give_back(host: Host, reference: str) -> None:
    with suppress(LabdockError):  # it is stopping already
        stop(host, find(host, reference), 0)


def _clients(wanted: dict[str, Any], chance: random.Random) -> dict[str, Client]:
    clients = {}
    for number in range(CLIENTS):
        one: dict[str, Any] = {
            "kind": chance.choice(KINDS),
            "owner": f"m{number % 8}",
            "name": f"w{number}",
        }
        if chance.random() < KILLED:
            # The earlier steps more often: whoever only waits takes no more than two.
            step = min(chance.randint(1, STEPS), chance.randint(1, STEPS))
            one |= {"die_at": step, "done": chance.random() < 0.5}
        clients[f"{one['owner']}/{one['name']}"] = Client({**wanted, **one})
    return clients


def _hold_by_hand(engine: SecondEngine, image: str, gpu: int) -> None:
    command = ["docker", "-H", engine.host, "run", "-d", "--device", f"nvidia.com/gpu={gpu}"]
    subprocess.run([*command, image, "sleep", "10000"], check=True, capture_output=True)


def _restart(engine: SecondEngine, host: Host, chance: random.Random, storm: Storm) -> None:
    """Restart the engine, or kill it; whoever ran runs again afterwards, as the hub sees to it."""
    before = {row.reference for row in list_workspaces(host) if row.container.state == "running"}
    if chance.random() < 0.5:
        engine.stop()
    else:
        engine.kill()
    engine.start()
    storm.seen["restarts of the engine"] += 1
    assert broker.advance(host) == [] or len(before) < len(UUIDS)
    hubs = {(row.owner, row.name) for row in list_workspaces(host) if row.kind == "hub"}
    asyncio.run(revive_workspaces(Machine(host), hubs, logging.getLogger("storm")))
    after = {row.reference for row in list_workspaces(host) if row.container.state == "running"}
    assert before <= after, f"lost at a restart of the engine: {before - after}"


def _check_line(host: Host) -> None:
    asked = [place.request.asked for place in broker.line(host) if place.position]
    assert asked == sorted(asked)
    assert len(asked) == len(set(asked))


def _settle(host: Host, image: str, free: set[str], storm: Storm) -> None:
    """Tidy up as the hub does, then let everybody who waits have their turn, in order."""
    later = replace(host, clock=lambda: time.time() + HOUR)
    reap(later)
    turns: list[float] = []
    while True:
        granted = broker.advance(later)
        held = holders(host)
        kept = {gpu for grant in granted for gpu in grant.gpus}
        waiting = [place for place in broker.line(later) if place.position]
        assert not kept & set(held)
        assert not waiting or kept | (free & set(held)) == free, "a GPU is lost"
        turns += [grant.request.asked for grant in granted]
        with ThreadPoolExecutor(len(UUIDS)) as pool:
            list(pool.map(lambda grant: _take_turn(later, image, grant.request), granted))
        for reference in set(holders(host).values()):
            stop(host, find(host, reference), 0)
            storm.seen["turns"] += 1
        if not waiting and not granted:
            break
    assert turns == sorted(turns), "somebody was overtaken"
    for row in list_workspaces(host):
        remove(host, row)


def _take_turn(host: Host, image: str, request: Request) -> None:
    spec = WorkspaceSpec(
        owner=request.owner, name=request.workspace, image=image, gpus=1, kind="hub"
    )
    try:
        bring_up(host, spec)
    except LabdockError as exc:
        raise AssertionError(f"{spec.owner}/{spec.name} does not start: {exc}") from exc


if __name__ == "__main__":
    sys.exit(main())
