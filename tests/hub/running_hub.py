"""The whole hub in the test's own process, over the engine in memory.

Everything is real but the engine, the proxy (its routes are a dictionary) and
what runs in the containers: a small server that answers as ours does.
"""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import socket
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import jupyterhub
from jupyterhub.proxy import Proxy
from traitlets.config import Config

from hub.app import Hub
from hub.configuration import configure
from hub.spawner import WorkspaceSpawner
from workspace_cli.core import labels
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.naming import container_name, network_name
from workspace_cli.core.settings import Settings

BASE, TORCH = "labdock/base", "labdock/pytorch"
ADMIN_PASSWORD = "the first password"
POOL = ipaddress.IPv4Network("127.77.0.0/16")
"""All of 127/8 is this machine: what the fake engine gives as an address can be served."""


class RoutesInMemory(Proxy):  # type: ignore[misc] # JupyterHub ships no types
    """A proxy that only remembers."""

    should_start = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.routes: dict[str, dict[str, Any]] = {}

    async def add_route(self, routespec: str, target: str, data: dict[str, Any]) -> None:
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec: str) -> None:
        self.routes.pop(routespec, None)

    async def get_all_routes(self) -> dict[str, dict[str, Any]]:
        return dict(self.routes)


class SpawnerByAddress(WorkspaceSpawner):
    """Uses addresses, since nobody resolves the fake engine's names."""

    async def get_url(self) -> str:
        engine = cast("FakeEngine", self.host.engine)
        address = engine.made(self.container_name).networks[network_name(self.user.name)]
        return f"http://{address}:{self._server_port}{self.server.base_url}"


@dataclass
class Servers:
    """What answers inside the fake engine's containers, while they run."""

    engine: FakeEngine
    silent: bool = False
    """Whether a server that is started never answers."""
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    """Whole request heads, as they came."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            address = writer.get_extra_info("sockname")[0]
            if not self.silent and self._runs(address):
                self.asked.append(request.split()[1].decode())
                self.heads.append(request.decode("latin-1"))
                if b"upgrade: websocket" in request.lower():
                    await _echo(reader, writer)
                    return
                head = f"HTTP/1.1 200 OK\r\nX-JupyterHub-Version: {jupyterhub.__version__}\r\n"
                writer.write(f"{head}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
                await writer.drain()
        writer.close()

    def _runs(self, address: str) -> bool:
        rows = self.engine.containers()
        return any(row.state == "running" and address in row.networks.values() for row in rows)


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Agree to a websocket and send back whatever comes."""
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
    writer.write(b"Connection: Upgrade\r\nSec-WebSocket-Accept: yes\r\n\r\n")
    while piece := await reader.read(1000):
        writer.write(piece)
        await writer.drain()
    writer.close()


@dataclass
class Browser:
    """Somebody's browser: keeps cookies, and sends back what protects a form."""

    client: httpx.AsyncClient

    async def get(self, path: str) -> httpx.Response:
        """Open a page of the hub."""
        return await self.client.get(path)

    async def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        """Send a form of the page that was opened last."""
        (token,) = {cookie.value for cookie in self.client.cookies.jar if cookie.name == "_xsrf"}
        return await self.client.post(path, data={**form, "_xsrf": token or ""})


@dataclass
class RunningHub:
    """A hub that listens, and everything behind it."""

    app: Hub
    url: str
    engine: FakeEngine
    servers: Servers
    settings: Settings
    client: httpx.AsyncClient

    async def api(
        self, method: str, path: str, body: object = None, token: str | None = None
    ) -> httpx.Response:
        """Call the REST API, by default with the command line's token."""
        token = token or self.settings.api_token.read_text()
        headers = {"Authorization": f"token {token}"}
        return await self.client.request(
            method, f"{self.url}/hub/api{path}", json=body, headers=headers
        )

    async def add(self, name: str, password: str = "a good password") -> None:
        """Make an account."""
        answer = await self.api("POST", "/accounts", {"name": name, "password": password})
        assert answer.status_code == 201, answer.text

    async def log_in(self, name: str, password: str, **headers: str) -> httpx.Response:
        """Send the login form, in a browser of its own."""
        async with httpx.AsyncClient(headers=headers) as browser:
            page = await browser.get(f"{self.url}/hub/login")
            form = {"username": name, "password": password, "_xsrf": page.cookies["_xsrf"]}
            return await browser.post(f"{self.url}/hub/login", data=form)

    @asynccontextmanager
    async def browser(self, name: str) -> AsyncIterator[Browser]:
        """Give a browser in which a member has logged in."""
        async with httpx.AsyncClient(base_url=f"{self.url}/hub", timeout=30) as client:
            browser = Browser(client)
            await client.get("/login")
            form = {"username": name, "password": "a good password"}
            assert (await browser.post("/login", form)).status_code == 302
            yield browser

    def state(self, owner: str, workspace: str = "default") -> str | None:
        """Tell the state of a workspace's container, None where there is none."""
        name = container_name(owner, workspace)
        return next((row.state for row in self.engine.containers() if row.name == name), None)

    async def begin_start(self, owner: str) -> asyncio.Task[httpx.Response]:
        """Start a default workspace whose server stays silent; return once its container runs."""
        self.servers.silent = True
        start = asyncio.create_task(self.api("POST", f"/users/{owner}/server"))
        for _ in range(1000):
            if self.state(owner) == "running":
                return start
            await asyncio.sleep(0.01)
        raise AssertionError(f"{owner}'s container did not start: {start}")


@asynccontextmanager
async def running_hub(root: Path, engine: FakeEngine, **settings: Any) -> AsyncIterator[RunningHub]:
    """Start a hub on a data root, and stop it as `docker stop` does: its state stays."""
    made = Settings(root=root, address_pool=POOL, port_range=(29300, 29309), **settings)
    _prepare(made)
    host = Host(engine, made, _catalogue())
    servers = Servers(engine)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    # Linux takes packets for all of 127/8 wherever a socket listens on every address.
    inside = await asyncio.start_server(servers.serve, "0.0.0.0", 0)
    SpawnerByAddress._server_port = inside.sockets[0].getsockname()[1]
    Hub.clear_instance()
    app = Hub(config=_config(host, url))
    try:
        await app.initialize([])
        await app.start()
        async with httpx.AsyncClient(timeout=30) as client:
            yield RunningHub(app, url, engine, servers, made, client)
    finally:
        host.database.close()
        await _stop(app)
        inside.close()
        await inside.wait_closed()


def add_images(engine: FakeEngine) -> None:
    """Put the catalogue's images on the engine."""
    for name in (BASE, TORCH):
        config = {"Cmd": ["sleep", "infinity"]}
        engine.add_image(name, labels={labels.SERVER: "1"}, config=config)


def _catalogue() -> Catalogue:
    return Catalogue.of(
        (
            CatalogueImage(name=BASE, title={"en": "Basic"}, workspace=True),
            CatalogueImage(name=TORCH, title={"en": "PyTorch"}, workspace=True),
        )
    )


def _prepare(settings: Settings) -> None:
    settings.hub_dir.mkdir(parents=True, exist_ok=True)
    files = {
        "api-token": "cli-token-of-the-tests",
        "portal-token": "portal-token-of-the-tests",
        "proxy-token": "x" * 32,
    }
    for name, text in {**files, "admin-password": ADMIN_PASSWORD}.items():
        (settings.hub_dir / name).write_text(text)


def _config(host: Host, url: str) -> Config:
    c = Config()
    configure(c, host)
    empty = host.settings.hub_dir / "empty_config.py"
    empty.touch()
    c.JupyterHub.config_file = str(empty)
    c.JupyterHub.hub_bind_url = url
    c.JupyterHub.hub_connect_url = url
    c.JupyterHub.proxy_class = RoutesInMemory
    c.JupyterHub.spawner_class = SpawnerByAddress
    for service in c.JupyterHub.services:
        # No portal runs here, and the hub would wait for it.
        service.pop("url", None)
    c.JupyterHub.log_level = logging.WARNING
    return c


async def _stop(app: Hub) -> None:
    if app.http_server is not None:
        app.http_server.stop()
    for callback in app._periodic_callbacks.values():
        callback.stop()
    app.metrics_collector.stop()
    await app.cleanup()
    app.accounts.close()
    app.db.close()
    app.db.get_bind().dispose()
    for user in app.users.values():
        for spawner in user.spawners.values():
            spawner.stop_polling()
    # JupyterHub leaves the connections with which it looks for upgrades to the collector
    # (jupyterhub.dbutil.upgrade_if_needed); found later, they would fail somebody else's test.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
