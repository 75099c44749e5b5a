"""A class begins: 50 members log in, start their workspaces and watch, all at once.

``python -m tests.bench --crowd-only``.  Each member is a browser of their own, behind one
address: it opens the Overview, is sent to the login, types name and password, presses Start,
follows the events and fetches the page again when they say so, opens JupyterLab once the
workspace runs, and presses Stop at the end.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from threading import Thread
from typing import Any

import aiohttp
from docker import DockerClient
from docker.models.containers import Container

from tests.bench import labdock
from tests.bench.browser import Browser, PageFailedError, login_form
from tests.bench.hub_api import HubApi
from tests.bench.live_pages import percentile
from tests.bench.measure import idle_memory
from workspace_cli.core import labels, naming
from workspace_cli.core.docker_engine import DockerEngine

MEMBERS = 50
AT_ONCE = 4
"""Accounts that are made and removed at a time: not what is measured."""
SEEN_S = 1.0
"""Target: a change of the engine's is on the page of whom it concerns."""
LEAST_S = 0.7
"""From one fetch of a page to the next, as in ``live.js``."""
RUNS_LIMIT_S = 180.0
OVERVIEW = "/services/portal/"
API = "/services/portal/api/v1"
PARTS = {
    "hub": naming.HUB_CONTAINER,
    "portal": naming.PORTAL_CONTAINER,
    "proxy": naming.PROXY_CONTAINER,
}

STEPS = (
    LOGIN_PAGE := "the login page",
    LOGIN := "from the password to the Overview",
    START := "Start is answered",
    RUNS := "from Start until the page says it runs",
    LAB := "JupyterLab's page and its server's status",
    AGAIN := "the Overview again, when told to",
    STOPS := "from Stop until the page says it stopped",
)
STARTED, UP, ENDED = "start", "up", "die"
TOLD = {
    STARTED: "the engine starts the container → on its page",
    UP: "the hub calls the server ready → on its page",
    ENDED: "the engine says that it has ended → on its page",
}


@dataclass
class Found:
    """Seconds of each step, of each telling, and what went wrong."""

    members: int
    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    told: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    all_in: float = 0.0
    all_run: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    """CPU seconds from the first page to the last JupyterLab; ``bench`` is the 50 browsers."""
    memory: dict[str, float] = field(default_factory=dict)
    """MiB while all run."""

    @property
    def good(self) -> bool:
        """Whether nothing failed and every change was seen in time."""
        late = any(percentile(self.told[kind], 95) > SEEN_S for kind in TOLD)
        return not self.failures and not late


def measure(client: DockerClient, stack: labdock.Stack, members: int = MEMBERS) -> Found:
    """Let a class of so many begin, and remove it again."""
    prefix = f"bench{secrets.token_hex(2)}"
    try:
        return asyncio.run(_measure(client, stack, [f"{prefix}{n:02}" for n in range(members)]))
    finally:
        labdock.remove_members(client, stack.settings, prefix)


def table(found: Found) -> str:
    """Return the figures for people."""
    lines = [
        f"{found.members} members at once: all logged in after {found.all_in:.1f} s",
        f"all running after {found.all_run:.1f} s",
        f"{'what':<52} {'median':>8} {'p95':>8} {'longest':>8}   target",
    ]
    lines += [_line(name, found.steps[name]) for name in STEPS if found.steps[name]]
    lines += [_line(words, found.told[kind], SEEN_S) for kind, words in TOLD.items()]
    lines.append("CPU: " + ", ".join(f"{name} {spent:.1f} s" for name, spent in found.cpu.items()))
    lines.append(
        "memory: " + ", ".join(f"{name} {mib:.0f} MiB" for name, mib in found.memory.items())
    )
    lines.append(f"{len(found.failures)} failures")
    return "\n".join([*lines, *(f"Failed: {one}" for one in found.failures)])


def _line(name: str, seconds: Sequence[float], target: float | None = None) -> str:
    if not seconds:
        return f"{name:<52} nothing was measured"
    high = percentile(seconds, 95)
    text = f"{name:<52} {median(seconds):>6.2f} s {high:>6.2f} s {max(seconds):>6.2f} s"
    if target is None:
        return text
    return f"{text}   p95 {target:g} s: {'met' if high <= target else 'missed'}"


async def _measure(client: DockerClient, stack: labdock.Stack, names: Sequence[str]) -> Found:
    found = Found(len(names))
    async with _accounts(stack, names) as passwords, AsyncExitStack() as open_:
        people = [_Person(name, passwords[name], stack.side.url, found) for name in names]
        for one in people:
            await open_.enter_async_context(one.browser)
            open_.callback(one.close)
        with _engine_moments(names) as moments:
            cpu, own = _cpu(client), time.process_time()
            since, began = time.time(), time.perf_counter()
            await _each(one.begin() for one in people)
            found.all_in = max((one.logged_in for one in people), default=began) - began
            found.all_run = max((one.runs for one in people), default=began) - began
            found.cpu = {name: spent - cpu[name] for name, spent in _cpu(client).items()}
            found.cpu["bench"] = time.process_time() - own
            found.memory = {name: idle_memory(client, part) for name, part in PARTS.items()}
            await _each(one.end() for one in people)
            moments |= _hub_moments(client, since, names)
        for one in people:
            one.compare(moments)
    return found


class _Person:
    """One member at a browser of their own, in which nobody has logged in before."""

    def __init__(self, name: str, password: str, url: str, found: Found) -> None:
        self.name, self._password, self._found = name, password, found
        self.browser = Browser(url)
        self.logged_in = self.runs = 0.0
        self._page = ""
        self._news = asyncio.Event()
        self._states: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._told: dict[str, float] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def close(self) -> None:
        """Close the pages that are open."""
        for task in self._tasks:
            task.cancel()

    async def begin(self) -> None:
        """Log in, start the default workspace and open it."""
        with self._noting():
            with self._timed(LOGIN_PAGE):
                login = await self.browser.open(OVERVIEW)
            fields = {"username": self.name, "password": self._password}
            with self._timed(LOGIN):
                self._page = await self.browser.send(login, login_form(login), fields)
            self.logged_in = time.perf_counter()
            self._tasks = [asyncio.create_task(work()) for work in (self._follow, self._refresh)]
            with self._timed(RUNS):
                with self._timed(START):
                    options = {"options": {"image": labdock.IMAGE}}
                    await self.browser.write(self._page, self._address("start"), options)
                await asyncio.wait_for(self._states["running"].wait(), RUNS_LIMIT_S)
            self.runs = time.perf_counter()
            with self._timed(LAB):
                await self.browser.open(f"/user/{self.name}/lab")
                await self.browser.open(f"/user/{self.name}/api/status")

    async def end(self) -> None:
        """Press Stop and wait until the page says so."""
        with self._noting():
            if not self.runs:
                return
            with self._timed(STOPS):
                await self.browser.write(self._page, self._address("stop"), {})
                await asyncio.wait_for(self._states["stopped"].wait(), RUNS_LIMIT_S)

    def compare(self, moments: dict[tuple[str, str], float]) -> None:
        """Note how long after it happened the page knew of each change; times of day."""
        for kind in TOLD:
            happened, told = moments.get((self.name, kind)), self._told.get(kind)
            if self.runs and (happened is None or told is None):
                self._found.failures.append(f"{self.name}: the page was not told of {kind!r}")
            elif happened is not None and told is not None:
                # What is told in the same moment may be so by the other's clock a little before.
                self._found.told[kind].append(max(told - happened, 0.0))

    def _address(self, action: str) -> str:
        return f"{API}/workspaces/{self.name}/{naming.DEFAULT_WORKSPACE}/{action}"

    async def _follow(self) -> None:
        """Follow the events, as the Overview does."""
        with self._noting():
            async for name, data in self.browser.follow(f"{API}/events"):
                if name == "end":
                    raise PageFailedError("the events say that the login is over")
                if name != "snapshot":
                    self._news.set()
                if name in ("snapshot", "workspaces"):
                    for row in data["workspaces"]:
                        self._note(row["state"], row["created"] is not None)

    def _note(self, state: str, has_container: bool) -> None:
        now = time.time()
        if has_container:
            self._told.setdefault(STARTED, now)
        if state == "running":
            self._told.setdefault(UP, now)
        if state == "stopped" and UP in self._told:
            self._told.setdefault(ENDED, now)
        self._states[state].set()

    async def _refresh(self) -> None:
        """Fetch the page again whenever the events say that something is new."""
        with self._noting():
            while True:
                await self._news.wait()
                self._news.clear()
                with self._timed(AGAIN):
                    self._page = await self.browser.open(OVERVIEW)
                await asyncio.sleep(LEAST_S)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._found.steps[step].append(time.perf_counter() - began)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        """Keep what goes wrong for the table: the others go on."""
        try:
            yield
        except (PageFailedError, aiohttp.ClientError, TimeoutError) as exc:
            self._found.failures.append(f"{self.name}: {type(exc).__name__} {exc}")


async def _each(works: Iterable[Awaitable[None]]) -> None:
    await asyncio.gather(*works)


@asynccontextmanager
async def _accounts(stack: labdock.Stack, names: Sequence[str]) -> AsyncIterator[dict[str, str]]:
    """Make accounts, give their passwords, and remove them with what they run."""
    passwords = {name: secrets.token_urlsafe() for name in names}
    turns = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as session:
        hub = HubApi(session, stack.side.url, stack.side.token, accounts=True)

        async def add(name: str) -> None:
            async with turns:
                await hub.call("POST", "/accounts", {"name": name, "password": passwords[name]})

        async def remove(name: str) -> None:
            async with turns:
                await hub.remove_member(name)

        await hub.wait_until_up()
        try:
            await _each(add(name) for name in names)
            yield passwords
        finally:
            await asyncio.gather(*map(remove, names), return_exceptions=True)


@contextmanager
def _engine_moments(names: Sequence[str]) -> Iterator[dict[tuple[str, str], float]]:
    """Note when the engine says that a member's container starts and ends."""
    moments: dict[tuple[str, str], float] = {}
    engine = DockerEngine()
    stream = engine.events({labels.OWNER: None})

    def listen() -> None:
        with suppress(OSError, ValueError):
            for event in stream:
                owner = event.attributes.get(labels.OWNER, "")
                if owner in names and event.action in (STARTED, ENDED):
                    moments.setdefault((owner, event.action), event.time)

    thread = Thread(target=listen, name="engine's events", daemon=True)
    thread.start()
    try:
        yield moments
    finally:
        stream.close()
        thread.join(5)
        engine.close()


def _hub_moments(
    client: DockerClient, since: float, names: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Return when the hub called a member's server ready, by its log and the engine's clock."""
    log = client.containers.get(naming.HUB_CONTAINER).logs(since=int(since), timestamps=True)
    return {
        (owner, UP): at for owner, at in ready_in(log.decode(errors="replace")) if owner in names
    }


def ready_in(log: str) -> list[tuple[str, float]]:
    """Return who had a server ready when, from the lines of a hub's log."""
    lines = re.findall(r"(?m)^(\S+)Z .*\bUser (\S+) took \S+ seconds to start", log)
    # The engine tells nanoseconds; Python reads microseconds.
    return [
        (owner, datetime.fromisoformat(f"{moment[:26]}+00:00").timestamp())
        for moment, owner in lines
    ]


def _cpu(client: DockerClient) -> dict[str, float]:
    """Return the CPU seconds that each part of the stack has used so far."""
    return {
        name: _stats(client.containers.get(part))["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
        for name, part in PARTS.items()
    }


def _stats(container: Container) -> Any:
    return container.client.api.stats(container.id, stream=False, one_shot=True)
