"""A portal that answers, over a stand-in for the hub and a fake engine."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import httpx
import pytest
import uvicorn

from hub.accounts import AccountStore
from hub.portal.acting import Acting
from hub.portal.app import build
from hub.portal.callers import Callers
from hub.portal.grading import Grader
from hub.portal.idempotency import Keys
from hub.portal.lesson_list import Lesson
from hub.portal.live import Live
from hub.portal.openings import Openings
from hub.portal.operations import Operations
from hub.portal.portal import API, Portal
from hub.portal.saving import Worker
from hub.portal.streams import Streams
from hub.portal.throwaway import Throwaway
from hub.portal.xsrf import Xsrf
from tests.hub.portal.hub_answers import usual
from tests.support import eventually
from workspace_cli.core import labels, naming
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.database import FILE, database_url
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import HubUnreachableError, LabdockError, NotLoggedInError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Mount
from workspace_cli.core.settings import Settings

PASSWORD = "a-long-enough-password"
SCOPE = "access:services!service=portal"
BASE = "labdock/base:latest"
NOTHING = object()
Make = Callable[..., str]
"""Makes a workspace that runs."""
LESSONS = (
    Lesson("c2-loss", ("mse", "mae"), (), {"en": "Loss", "ko": "손실"}),
    Lesson("d4-torch", ("train",), ("torch",), {"en": "PyTorch", "ko": "파이토치"}),
)


@dataclass
class Clock:
    """A clock that a test turns."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def all_scopes(name: str) -> list[str]:
    """Return what a member's or the admin's own full token may do, as far as the portal asks."""
    if name == "root":
        own = ("admin:servers", "servers", "access:servers", "admin:users", "admin:groups")
        return [SCOPE, *own, "tokens"]
    return [SCOPE, *(f"{one}!user={name}" for one in ("servers", "access:servers", "tokens"))]


class FakeStream:
    """Tells what a test says, until it is closed or lost."""

    def __init__(self) -> None:
        self._told: SimpleQueue[Mapping[str, Any] | Exception | None] = SimpleQueue()

    def tell(self, user: Mapping[str, Any]) -> None:
        """Send a user's model."""
        self._told.put(user)

    def lose(self) -> None:
        """Break off."""
        self._told.put(HubUnreachableError("The hub fell silent.", "Wait."))

    def __iter__(self) -> Iterator[Any]:
        """Yield what is told."""
        while (told := self._told.get()) is not None:
            if isinstance(told, Exception):
                raise told
            yield told

    def close(self) -> None:
        """End it."""
        self._told.put(None)


@dataclass
class FakeHub:
    """Answers for the hub: tokens are ``token-NAME``, unless they were revoked."""

    groups: dict[str, list[str]] = field(default_factory=dict)
    scopes: dict[str, list[str]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    asked: int = 0
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    """(method, path) → what the hub's API answers, an error to be raised, or a callable."""
    calls: list[tuple[str, str, Any, str]] = field(default_factory=list)
    """What was asked of it: method, path, body, and with whose token."""
    stream: FakeStream | None = None
    """What tells whoever follows; None where the hub must be asked."""
    servers: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    """What was started, stopped or measured: what, with whose token, which, with what options."""

    def ask(
        self, method: str, path: str, body: object = None, *, token: str = "", language: str = "en"
    ) -> Any:
        """Answer as the hub's API."""
        path.encode("ascii")  # as http.client does: names are to be quoted
        self.calls.append((method, path, body, token))
        given = self.answers.get((method, path), NOTHING)
        answer = usual(method, path) if given is NOTHING else given
        if isinstance(answer, LabdockError):
            raise answer
        return answer() if callable(answer) else answer

    def changes(self) -> FakeStream:
        """Be followed, where a test has a stream for it."""
        if self.stream is None:
            raise HubUnreachableError("Nobody tells of servers.", "Ask.")
        return self.stream

    def whose(self, token: str) -> Mapping[str, Any] | None:
        """Return the user's model."""
        self.asked += 1
        name = token.removeprefix("token-")
        if name == token or token in self.revoked:
            return None
        return {
            "kind": "service" if name == "labdock-cli" else "user",
            "name": name,
            "groups": self.groups.get(name, []),
            "scopes": self.scopes.get(name, all_scopes(name)),
        }

    def exchange(self, code: str, redirect_uri: str) -> str:
        """Take ``code-NAME``."""
        name = code.removeprefix("code-")
        if name == code:
            raise NotLoggedInError("The login did not work out.", "Log in again.")
        return f"token-{name}"


@dataclass
class FakeServers:
    """What the hub does with workspaces, as calls with whose token: nothing starts."""

    hub: FakeHub
    token: str

    def start_server(
        self,
        owner: str,
        workspace: str,
        report: Report | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Note it."""
        self.hub.servers.append(("start", self.token, f"{owner}/{workspace}", dict(options or {})))

    def stop_server(self, owner: str, workspace: str, *, remove: bool = False) -> None:
        """Note it."""
        self.hub.servers.append(("stop", self.token, f"{owner}/{workspace}", {}))

    def measure_disk(self, owner: str) -> None:
        """Note it."""
        self.hub.servers.append(("measure", self.token, owner, {}))


@dataclass
class FakeLessons:
    """A list of lessons that a test sets."""

    found: tuple[Lesson, ...] = LESSONS

    def all(self) -> tuple[Lesson, ...]:
        """Return them."""
        return self.found


@dataclass
class Stage:
    """One portal with everything around it."""

    portal: Portal
    hub: FakeHub
    engine: FakeEngine
    clock: Clock
    lessons: FakeLessons
    client: httpx.Client

    def call(self, method: str, path: str, who: str | None = "kim", **more: Any) -> httpx.Response:
        """Call the API as somebody."""
        headers = {**({"Authorization": f"Bearer token-{who}"} if who else {})}
        headers.update(more.pop("headers", {}))
        return self.client.request(method, f"{API}/{path}", headers=headers, **more)

    def hand_in(self, who: str = "kim", **fields: Any) -> httpx.Response:
        """Hand in answers."""
        body = {"lesson": "c2-loss", "exercises": {"mse": "def mse(): ..."}, **fields}
        return self.call("POST", "lessons/submissions", who, json=body)


class AtOnce(uvicorn.Server):
    """A server that ends when it is told to, not at its next look: there are a thousand tests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Serve until the end."""
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        await self._ended.wait()

    def end(self) -> None:
        """End it, from any thread."""
        eventually(lambda: self._loop is not None)
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._ended.set)


@contextmanager
def serving(portal: Portal) -> Iterator[str]:
    """Serve a portal on a free port; yield its address."""
    config = uvicorn.Config(
        build(portal), port=0, log_level="error", lifespan="on", timeout_graceful_shutdown=1
    )
    server = AtOnce(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.end()
        thread.join(10)


@pytest.fixture
def hub() -> FakeHub:
    """Return a stand-in for the hub, which tells nothing by itself."""
    return FakeHub()


@pytest.fixture
def live(host: Host, hub: FakeHub, fake_engine: FakeEngine) -> Iterator[Live]:
    """Return the picture of every workspace, not yet followed."""
    fake_engine.add_image(BASE)
    one = Live(host, hub)
    yield one
    one.stop()
    host.database.close()


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def host(tmp_path: Path, fake_engine: FakeEngine, clock: Clock, accounts_file: Path) -> Host:
    """Return a machine with a fake engine."""
    settings = Settings(root=tmp_path)
    settings.hub_dir.mkdir()
    shutil.copy(accounts_file, settings.hub_dir / FILE)
    return Host(fake_engine, settings, Catalogue(), clock)


@pytest.fixture(scope="session")
def accounts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with an admin, an instructor and two members: hashing takes its time."""
    file = tmp_path_factory.mktemp("accounts") / FILE
    store = AccountStore(f"sqlite:///{file}")
    store.migrate()
    for name in ("root", "lee", "kim", "park"):
        store.add(name, PASSWORD, admin=name == "root")
    store.close()
    return file


@pytest.fixture
def lessons() -> FakeLessons:
    """Return the lessons on offer."""
    return FakeLessons()


@pytest.fixture
def portal_of(host: Host, lessons: FakeLessons) -> Callable[[FakeHub], Portal]:
    """Return a maker of portals, without workers of their own: tests take the steps."""

    def make(hub: FakeHub) -> Portal:
        accounts = AccountStore(database_url(host.settings, FILE))
        grader = Grader(host, lessons, Throwaway(host), workers=0)
        live = Live(host, hub)
        return Portal(
            host=host,
            accounts=accounts,
            callers=Callers(hub, accounts),
            codes=hub,
            lessons=lessons,
            grader=grader,
            hub=hub,
            xsrf=Xsrf(b"a key"),
            live=live,
            acting=Acting(host, live, hub, lambda token: FakeServers(hub, token)),
            keys=Keys(host, b"a key"),
            streams=Streams(),
            operations=Operations(host),
            worker=Worker(host, lambda token: FakeServers(hub, token)),
            openings=Openings(host),
        )

    return make


@pytest.fixture
def stage(
    host: Host,
    fake_engine: FakeEngine,
    clock: Clock,
    lessons: FakeLessons,
    portal_of: Callable[[FakeHub], Portal],
) -> Iterator[Stage]:
    """Return a portal that answers."""
    hub = FakeHub(groups={"lee": ["instructors"]})
    portal = portal_of(hub)
    with serving(portal) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield Stage(portal, hub, fake_engine, clock, lessons, client)
    portal.accounts.close()
    host.database.close()


@pytest.fixture
def make(stage: Stage, tmp_path: Path) -> Make:
    """Return a maker of workspaces that run."""
    config = {"Cmd": ["tini"]}
    stage.engine.add_image(BASE, labels={labels.SERVER: "1"}, config=config, files={"/bin/x": b""})

    def made(owner: str = "kim", name: str = "study", kind: str = "hub") -> str:
        container = stage.engine.create(
            ContainerRequest(
                name=naming.container_name(owner, name),
                image=BASE,
                labels={
                    labels.OWNER: owner,
                    labels.WORKSPACE: name,
                    labels.KIND: kind,
                    labels.IMAGE: BASE,
                },
                mounts=(Mount(str(tmp_path), "/workspace"),),
                environment={"SECRET_TOKEN": "hush"},
            )
        )
        stage.engine.start(container)
        return name

    return made
