"""Workspaces as JupyterHub's servers: every step is a use case of the core.

JupyterHub's own DockerSpawner is not built on: it sends each call through one
thread, compares nothing with what exists, and takes any error of the engine
for a stopped server.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from jupyterhub.spawner import Spawner, SpawnException
from sqlalchemy.orm import object_session
from tornado.web import HTTPError
from traitlets import Instance, default

from hub.languages import translate
from hub.machine import Machine
from hub.membership import member_of
from hub.readiness import wait_until_ready
from hub.server_changes import Mark
from hub.spawn_form import options_of_a_link
from hub.starting import (
    OF_THE_START,
    SAFE,
    CancelledStartError,
    Start,
    Wanted,
    note_start,
)
from hub.steps import Steps
from workspace_cli.core import naming, secrets, workspaces
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    InvalidNameError,
    LabdockError,
    StartFailedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import SERVER_PORT, Container, Workspace
from workspace_cli.core.readiness import cause, log_end

COMEBACK_SECONDS = 60.0
"""How long a container that its restart policy will start again counts as running."""
STOP_SECONDS = 10.0
GONE_SECONDS = 0.5
"""After this JupyterHub has forgotten a server that was removed."""
RUNNING = ("running", "paused", "restarting")
TOKEN = "JUPYTERHUB_API_TOKEN"  # noqa: S105 - a variable's name


class WorkspaceSpawner(Spawner):  # type: ignore[misc] # JupyterHub ships no types
    """One workspace of one member."""

    machine = Instance(Machine, help="The machine that workspaces run on.").tag(config=True)
    # Plain attributes, not traits: nobody configures them.
    _started: Start | None = None
    _steps: Steps
    _down_since: float | None = None
    _good_options: Mapping[str, Any] = {}
    _server_port = SERVER_PORT
    # JupyterHub's own attributes: what is pending is all that it says of a server's way.
    _spawn_pending = Mark()
    _stop_pending = Mark()
    _check_pending = Mark()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Here already: JupyterHub makes tokens, and shows the progress page, before `start`.
        self._steps = Steps()

    @default("env_keep")
    def _keep_nothing(self) -> list[str]:
        return []

    @default("apply_user_options")
    def _apply_in_start(self) -> Any:
        # `start` checks and applies them, with words for the member in place of a traceback.
        return lambda spawner, options: None

    @property
    def host(self) -> Host:
        """The machine as use cases take it."""
        return self.machine.host

    @property
    def container_name(self) -> str:
        """The container's name, by which hub and proxy reach it.

        An address may change when the engine restarts; the name does not.
        Raises InvalidNameError for a second ``default``.
        """
        return naming.container_name(self.user.name, naming.workspace_of_server(self.name))

    async def start(self) -> str:
        """Make the workspace run and answer; return its address.

        Raises SpawnException with words for the member.  What a failed or
        cancelled start has made is gone by the time ``stop`` returns.
        """
        self._down_since = None
        self._steps.begin(asyncio.get_running_loop())
        try:
            wanted = self._wanted()
        except InvalidNameError as exc:
            raise spawn_exception(exc) from exc
        start = self._started = Start(self.machine, wanted, self._steps)
        try:
            address = await start.run()
            self._remember(start)
            self._steps.add(Progress("Waiting for the server to answer"))
            await self._wait_until_ready(address)
            # Nobody waits for it: the page is open meanwhile.
            self.machine.submit(note_start, self.host, self.container_name)
        except (asyncio.CancelledError, CancelledStartError):
            start.cancel()
            raise
        except LabdockError as exc:
            if start.image is None:
                # Nothing was started: what was refused must not come back at the next start.
                self._keep_options(self._good_options)
            await start.undo()
            raise spawn_exception(exc) from exc
        finally:
            self._steps.end()
        return await self.get_url()

    async def stop(self, now: bool = False) -> None:
        """Stop the container; it stays, with all that was installed in it."""
        if self._started is not None:
            await self._started.settled()
        timeout = 0.0 if now else STOP_SECONDS
        await self._act(lambda workspace: workspaces.stop(self.host, workspace, timeout))

    async def delete_forever(self) -> None:
        """Remove the container with what was installed in it; the home stays."""
        await self._act(lambda workspace: workspaces.remove(self.host, workspace))
        # JupyterHub removes its own record right after this.
        asyncio.get_running_loop().call_later(GONE_SECONDS, self.tell_of_change)

    def tell_of_change(self) -> None:
        """Tell who follows the hub that something has become of this server."""
        self.machine.changes.note(self.user.name)

    async def poll(self) -> int | None:
        """Return None while the workspace runs, or its exit code.

        That the engine cannot be asked says nothing about the workspace.
        """
        if self._started is not None and self._started.under_way:
            return None
        try:
            name = self.container_name
            container = await self.machine.ask(self.host.engine.container, name)
        except (WorkspaceNotFoundError, InvalidNameError):
            return 0
        except LabdockError as exc:
            self.log.warning("%s is taken to run still: %s", name, exc)
            return None
        return self._status(container)

    async def get_url(self) -> str:
        """Return the address by name, whatever address the container has now."""
        path = self.server.base_url if self.server else ""
        return f"http://{self.container_name}:{self._server_port}{path}"

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the real steps of the start, each as it begins."""
        async for event in self._steps.events():
            yield event

    def options_from_query(self, query_data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the address of a start says; it never lets anything be lost."""
        return options_of_a_link(query_data)

    async def rename(self, old_name: str, new_name: str) -> None:
        """Refuse: a container's name, labels and address are fixed when it is made."""
        raise HTTPError(
            400,
            "A workspace keeps the name it was made with. Change its display name, or save its "
            "environment and make another workspace of it.",
        )

    def get_state(self) -> dict[str, Any]:
        """Keep the options of the last good start."""
        return {**super().get_state(), "options": dict(self._good_options)}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restore what ``get_state`` kept, and the token, so that a stop can revoke it."""
        super().load_state(state)
        self._good_options = state.get("options", {})
        with suppress(InvalidNameError):
            kept = secrets.read(self.host.settings, self.container_name)
            self.api_token = kept.get(TOKEN, "")

    def clear_state(self) -> None:
        """Forget the token; the last good options outlive a stop."""
        super().clear_state()
        self._down_since = None

    def _wanted(self) -> Wanted:
        # JupyterHub's objects belong to the event loop: all that the thread needs is taken here.
        member = member_of(self.user)
        return Wanted(
            owner=self.user.name,
            workspace=naming.workspace_of_server(self.name),
            options=dict(self.user_options),
            secrets={name: str(value) for name, value in self.get_env().items()},
            role=member.role,
            groups=member.groups,
        )

    def _remember(self, start: Start) -> None:
        """Keep the choice for the next start, with the image that was meant by it.

        What was asked for a safe start is not looked at: the one before it stands.
        """
        if self.user_options.get(SAFE) and self._good_options:
            self._keep_options(self._good_options)
            return
        chosen = {
            name: value for name, value in self.user_options.items() if name not in OF_THE_START
        }
        self._good_options = {**chosen, "image": start.image}
        self._keep_options(self._good_options)

    def _keep_options(self, options: Mapping[str, Any]) -> None:
        self.orm_spawner.user_options = dict(options)
        session = object_session(self.orm_spawner)
        if session is not None:
            # At once: JupyterHub rolls back what is uncommitted when any request ends.
            session.commit()

    async def _wait_until_ready(self, address: str) -> None:
        name = self.container_name

        async def still_running() -> bool:
            container = await self.machine.ask(self.host.engine.container, name)
            # One that its policy keeps restarting has ended before it answered.
            return container.state in ("running", "paused")

        self.machine.waiting += 1
        try:
            path = f"{self.server.base_url}api"
            await wait_until_ready(
                address,
                self._server_port,
                path,
                still_running,
                others=lambda: self.machine.waiting - 1,
            )
        except StartFailedError as exc:
            why = await self.machine.ask(cause, self.host, name)
            log = await self.machine.ask(log_end, self.host, name)
            raise StartFailedError(
                f"{exc.message}{why}", f"Start it again, or ask an admin.{log}"
            ) from exc
        finally:
            self.machine.waiting -= 1

    def _status(self, container: Container) -> int | None:
        if container.state in RUNNING:
            self._down_since = None
            return None
        now = time.monotonic()
        self._down_since = self._down_since or now
        # `stop` turns the policy off. Where it is on, the engine itself is on its way up and
        # will start the container.
        if container.restart != "no" and now - self._down_since < COMEBACK_SECONDS:
            return None
        return container.exit_code or 0

    async def _act(self, call: Any) -> None:
        def act() -> None:
            workspace = Workspace.of(self.host.engine.container(self.container_name))
            if workspace is not None and workspace.kind == "hub":
                call(workspace)

        with suppress(WorkspaceNotFoundError, InvalidNameError):
            await self.machine.submit(act)


class FailedStartError(SpawnException):  # type: ignore[misc] # JupyterHub ships no types
    """A failure of the core, told in the language of whoever reads it."""

    @property
    def jupyterhub_message(self) -> str:
        """What pages, progress events and answers show; without it they show ``str(self)``."""
        return translate(self.message)


def spawn_exception(exc: LabdockError) -> FailedStartError:
    """Return a failure of the core as JupyterHub tells it to a member."""
    reason = type(exc).__name__.removesuffix("Error")
    return FailedStartError(str(exc), reason=reason, status_code=exc.http_status)
