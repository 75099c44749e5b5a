"""How quick the portal stays: 500 sleeping workspaces, 50 open pages, one machine.

``python -m tests.bench --pages-only``.  Every workspace is a container of the engine, every
page a browser's stream of events; what is measured goes through the proxy.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import quantiles

import aiohttp
from docker import DockerClient

from tests.bench import labdock
from tests.bench.browser import events
from tests.bench.hub_api import HubApi, Member
from workspace_cli.core import labels, naming
from workspace_cli.setup.base_image import NAME as BASE

MEMBERS = 50
EACH = 10
ADMINS_PAGES = 10
ASKED = 400
CHANGES = 30
TARGET_S = 0.100
"""p95 of the API; a change is seen within a second."""
SEEN_S = 1.0
WAIT_S = 10.0
API = "/services/portal/api/v1"


@dataclass
class Found:
    """Seconds, and what went wrong."""

    containers: int
    pages: int
    calls: dict[str, list[float]] = field(default_factory=dict)
    seen: list[float] = field(default_factory=list)
    memory: float = 0.0
    failures: list[str] = field(default_factory=list)


def measure(client: DockerClient, stack: labdock.Stack) -> Found:
    """Fill the machine with sleeping workspaces, open the pages, and measure."""
    prefix = f"bench{secrets.token_hex(2)}"
    with _members(client, stack, prefix):
        return asyncio.run(_measure(client, stack, prefix))


def table(found: Found) -> str:
    """Return the figures for people."""
    around = f"{found.containers} sleeping containers, {found.pages} open pages"
    lines = [
        f"{around}, portal {found.memory:.0f} MiB",
        f"{'what':<34} {'median':>8} {'p95':>8}   target",
    ]
    rows = [(name, seconds, TARGET_S) for name, seconds in found.calls.items()]
    for name, seconds, target in [*rows, ("a change is on every page", found.seen, SEEN_S)]:
        middle, high = percentile(seconds, 50), percentile(seconds, 95)
        verdict = "met" if high <= target else "missed"
        lines.append(
            f"{name:<34} {1000 * middle:>5.0f} ms {1000 * high:>5.0f} ms   "
            f"p95 {1000 * target:.0f} ms: {verdict}"
        )
    return "\n".join([*lines, *(f"Failed: {one}" for one in found.failures)])


def percentile(seconds: Sequence[float], share: int) -> float:
    """Return a percentile, infinity where nothing was measured.

    >>> percentile([1.0, 2.0, 3.0], 50)
    2.0
    """
    if len(seconds) < 2:
        return seconds[0] if seconds else float("inf")
    return quantiles(seconds, n=100, method="inclusive")[share - 1]


@contextmanager
def _members(client: DockerClient, stack: labdock.Stack, prefix: str) -> Iterator[None]:
    names = [f"{prefix}{number:02}" for number in range(MEMBERS)]
    try:
        with ThreadPoolExecutor(4) as pool:
            wanted = [(name, f"w{number}") for name in names for number in range(EACH)]
            list(pool.map(lambda one: _sleep(client, *one), wanted))
        yield
    finally:
        for row in client.api.containers(all=True, filters={"label": labels.OWNER}):
            if row["Labels"][labels.OWNER].startswith(prefix):
                client.api.remove_container(row["Id"], force=True, v=True)
        labdock.remove_members(client, stack.settings, prefix)


def _sleep(client: DockerClient, owner: str, workspace: str) -> None:
    client.containers.run(
        BASE,
        ["sleep", "infinity"],
        name=naming.container_name(owner, workspace),
        detach=True,
        init=True,
        network_mode="none",
        labels={
            labels.OWNER: owner,
            labels.WORKSPACE: workspace,
            labels.KIND: "standalone",
            labels.IMAGE: BASE,
            labels.RESTART: "no",
        },
    )


async def _measure(client: DockerClient, stack: labdock.Stack, prefix: str) -> Found:
    side = stack.side
    found = Found(MEMBERS * EACH, MEMBERS)
    # Each page of a browser's own has its own connection.
    connector = aiohttp.TCPConnector(limit=0)
    async with AsyncExitStack() as open_:
        session = await open_.enter_async_context(aiohttp.ClientSession(connector=connector))
        hub = HubApi(session, side.url, side.token, accounts=True)
        _, text = await hub.call("POST", f"/users/{stack.settings.admin}/tokens", {"note": "bench"})
        admin = Member(stack.settings.admin, json.loads(text)["token"])
        people = [await hub.add_member(f"{prefix}{number:02}") for number in range(MEMBERS)]
        try:
            pages = [_Page(admin, everyone=True) for _ in range(ADMINS_PAGES)]
            pages += [_Page(one) for one in people[ADMINS_PAGES:]]
            following = [asyncio.create_task(page.follow(session, side.url)) for page in pages]
            await asyncio.wait_for(asyncio.gather(*(page.began.wait() for page in pages)), 60)
            await _ask(session, side.url, admin, people, found)
            await _change(client, pages, prefix, found)
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
            portal = client.containers.get(naming.PORTAL_CONTAINER)
            found.memory = portal.stats(stream=False)["memory_stats"]["usage"] / 2**20
        finally:
            for one in people:
                await hub.remove_member(one.name)
    return found


class _Page:
    """One open page: notes when it is told that a workspace does not run any more."""

    def __init__(self, reader: Member, *, everyone: bool = False) -> None:
        self.reader, self.everyone = reader, everyone
        self.began = asyncio.Event()
        self.ended: dict[str, float] = {}

    def sees(self, owner: str) -> bool:
        return self.everyone or owner == self.reader.name

    async def follow(self, session: aiohttp.ClientSession, url: str) -> None:
        """Read the stream until cancelled."""
        async with session.get(
            f"{url}{API}/events",
            params={"everyone": "true"} if self.everyone else {},
            headers={"Authorization": f"Bearer {self.reader.token}"},
            timeout=aiohttp.ClientTimeout(total=None),
            read_bufsize=2**22,
        ) as response:
            response.raise_for_status()
            async for name, value in events(response.content):
                if name == "snapshot":
                    self.began.set()
                elif name == "workspaces":
                    for row in value["workspaces"]:
                        if row["state"] != "running":
                            reference = f"{row['owner']}/{row['name']}"
                            self.ended.setdefault(reference, time.perf_counter())


async def _ask(
    session: aiohttp.ClientSession, url: str, admin: Member, people: list[Member], found: Found
) -> None:
    """Ask the API over and over, as pages that are opened do."""
    questions = (
        ("everybody's workspaces (200)", "/workspaces?limit=200", [admin]),
        ("everybody's, searched and sorted", "/workspaces?q=w3&sort=-state", [admin]),
        ("my workspaces", "/workspaces", people),
    )
    for name, path, callers in questions:
        found.calls[name] = []
        for number in range(ASKED // len(questions)):
            caller = callers[number % len(callers)]
            began = time.perf_counter()
            async with session.get(
                f"{url}{API}{path}", headers={"Authorization": f"Bearer {caller.token}"}
            ) as response:
                await response.read()
            if response.status != 200:
                found.failures.append(f"{path}: {response.status}")
            found.calls[name].append(time.perf_counter() - began)
            await asyncio.sleep(0.01)


async def _change(client: DockerClient, pages: list[_Page], prefix: str, found: Found) -> None:
    """End workspaces behind the portal's back; note when the last page knew."""
    chance = random.Random(7)
    owners = [f"{prefix}{number:02}" for number in range(ADMINS_PAGES, MEMBERS)]
    for owner in chance.sample(owners, CHANGES):
        container = client.containers.get(naming.container_name(owner, "w0"))
        began = time.perf_counter()
        await asyncio.to_thread(container.kill)
        reference = f"{owner}/w0"
        readers = [page for page in pages if page.sees(owner)]
        while not all(reference in page.ended for page in readers):
            if time.perf_counter() - began > WAIT_S:
                found.failures.append(f"{reference} was not seen to stop within {WAIT_S:.0f} s")
                break
            await asyncio.sleep(0.005)
        else:
            found.seen.append(max(page.ended[reference] for page in readers) - began)
