"""A JupyterHub with our pages alone: made-up accounts, servers without containers.

Read by JupyterHub as its configuration file (see ``pages_hub.py``).  The proxy
is left out: a browser asks the hub itself.
"""

import asyncio
import os
import tempfile
import time
from types import SimpleNamespace

from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
from jupyterhub.handlers.base import UserUrlHandler
from jupyterhub.proxy import Proxy
from jupyterhub.spawner import Spawner
from tornado.web import HTTPError

from hub import pages, spawn_form
from hub.desk import Desk
from hub.machine import Machine
from hub.pages import translate
from tests.hub import pages_hub
from workspace_cli.core import labels
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.database import Database
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.models import ContainerSummary, Image
from workspace_cli.core.policy import Policy
from workspace_cli.core.settings import Settings

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - JupyterHub puts it there
PORT = int(os.environ["PAGES_PORT"])
STEP = float(os.environ.get("PAGES_STEP", "0.3"))
GIB = 2**30
IMAGES = {
    "labdock/base:latest": {labels.SERVER: "1"},
    "labdock/pytorch:latest": {labels.SERVER: "1"},
    "labdock/kim/paper:v1": {
        labels.SERVER: "1",
        labels.OWNER: "kim",
        labels.NOTE: "<b>figures</b> & tables",
    },
    "labdock/lee/secret:v1": {labels.SERVER: "1"},
}
MADE: dict[tuple[str, str], str] = {}
"""(owner, workspace) → image of the containers that would exist."""


class Engine:
    """What the spawn form asks an engine, answered from memory."""

    def images(self, wanted: object = None) -> list[Image]:
        return [
            Image(
                id=f"sha256:{number}",
                tags=(tag,),
                size=(number + 1) * GIB,
                created=float(number),
                labels=found,
                environment={},
                layers=(),
                config={},
            )
            for number, (tag, found) in enumerate(IMAGES.items())
        ]

    def containers(self, wanted: dict[str, str]) -> list[ContainerSummary]:
        image = MADE.get((wanted[labels.OWNER], wanted[labels.WORKSPACE]))
        if image is None:
            return []
        return [
            ContainerSummary(
                id="1",
                name="labdock-x",
                image=image,
                image_id="sha256:1",
                state="exited",
                status="",
                created=0.0,
                labels={**wanted, labels.IMAGE: image},
                ports=(),
                networks={},
            )
        ]


FOLDER = tempfile.TemporaryDirectory(prefix="labdock-pages-")
HOST = SimpleNamespace(
    engine=Engine(),
    catalogue=Catalogue(),
    settings=Settings(gpu_backend="none"),
    info=SimpleNamespace(cpus=16, memory=64 * GIB),
    clock=time.time,
    policy=Policy(),
    database=Database(f"sqlite:///{FOLDER.name}/labdock.sqlite"),
)


class NoProxy(Proxy):  # type: ignore[misc]
    """Keeps routes in memory."""

    should_start = False

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.routes: dict[str, dict[str, object]] = {}

    async def add_route(self, routespec: str, target: str, data: dict[str, object]) -> None:
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec: str) -> None:
        self.routes.pop(routespec, None)

    async def get_all_routes(self) -> dict[str, dict[str, object]]:
        return self.routes


async def show_lab(self: UserUrlHandler, user: object, spawner: object) -> None:
    """Answer in a workspace's stead, where a proxy would lead to it."""
    self.finish("<!DOCTYPE html><title>JupyterLab</title>")


UserUrlHandler._redirect_to_user_server = show_lab


class FailedError(Exception):
    """A start that fails in words for people."""

    @property
    def jupyterhub_message(self) -> str:
        return translate(str(self))


class StepsSpawner(Spawner):  # type: ignore[misc]
    """Starts a little web server after some steps, slowly where the name says so.

    Fails where the memory is 1g.
    """

    host = HOST
    options_form = staticmethod(spawn_form.options_form)
    apply_user_options = staticmethod(lambda spawner, options: None)
    steps: list[str]

    def options_from_form(self, form: dict[str, list[str]]) -> dict[str, object]:
        options = spawn_form.options_from_form(form)
        if options.get("cpus") == "13":
            raise InvalidOptionError("cpus: 13 is unlucky.", "Ask for at most 12.")
        options.pop(spawn_form.REPLACE, None)
        return options

    async def start(self) -> tuple[str, int]:
        self.steps = []
        words = [
            "Creating the container",
            "Starting the container",
            "Waiting for the server to answer",
        ]
        for word in words:
            self.steps.append(word)
            await asyncio.sleep(1 if self.name == "slow" else STEP)
        if self.user_options.get("memory") == "1g":
            raise FailedError("The container ended at once.\nTraceback: <out of memory>")
        MADE[self.user.name, self.name or "default"] = self.user_options.get("image", "?")
        self.server_task = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.up = True
        return "127.0.0.1", self.server_task.sockets[0].getsockname()[1]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    async def stop(self, now: bool = False) -> None:
        await asyncio.sleep(STEP)
        if getattr(self, "up", False):
            self.server_task.close()
        self.up = False

    async def poll(self) -> int | None:
        return None if getattr(self, "up", False) else 0

    async def progress(self):  # type: ignore[no-untyped-def]
        sent = 0
        while True:
            for word in getattr(self, "steps", [])[sent:]:
                sent += 1
                yield {"progress": sent * 25, "message": translate(word)}
            await asyncio.sleep(0.05)


class Accounts(SharedPasswordAuthenticator):  # type: ignore[misc]
    """Lets in who knows the password, and refuses one name the way our throttle does."""

    async def authenticate(self, handler: object, data: dict[str, str]) -> object:
        if data["username"] == "throttled":
            raise HTTPError(429, "Too many failed logins. Try again in 30 seconds.")
        return await super().authenticate(handler, data)


c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.spawner_class = StepsSpawner
c.JupyterHub.authenticator_class = Accounts
c.SharedPasswordAuthenticator.user_password = pages_hub.PASSWORD
c.SharedPasswordAuthenticator.admin_password = pages_hub.ADMIN_PASSWORD
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"admin"}
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.cookie_secret = b"0" * 32
c.JupyterHub.allow_named_servers = True
c.JupyterHub.named_server_limit_per_user = pages_hub.NAMED_LIMIT
c.JupyterHub.log_level = "WARN"
c.JupyterHub.template_vars = {"desk": Desk(Machine(HOST))}  # type: ignore[arg-type]
pages.configure(c, Settings(timezone="Asia/Seoul"))
