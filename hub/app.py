"""JupyterHub with the few steps that Labdock adds around its own start."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import count
from typing import Any

from jupyterhub import orm
from jupyterhub.app import JupyterHub
from jupyterhub.roles import assign_default_roles
from traitlets import Instance

from hub import membership
from hub.accounts import AccountStore, first_admin
from hub.broker_loop import BrokerLoop
from hub.machine import Machine
from hub.oom_watch import OutOfMemoryWatch
from hub.register import Register
from hub.self_calls import SelfCalls
from hub.upkeep import attach, reap_leftovers, revive_workspaces, wait_for_engine
from workspace_cli.core import naming
from workspace_cli.core.errors import LabdockError

UPKEEP_SECONDS = 5.0
"""A proxy that was restarted has lost its routes; members wait no longer than this."""
REAP_TURNS = 12
"""Leftovers are looked for once a minute."""


class Hub(JupyterHub):  # type: ignore[misc] # JupyterHub ships no types
    """Brings its tables, the first admin and its networks up before any user is loaded."""

    name = "labdock-hub"
    machine = Instance(Machine, help="The machine that workspaces run on.").tag(config=True)
    register = Instance(Register, help="What is kept of accounts.").tag(config=True)
    broker = Instance(BrokerLoop, help="Looks after GPUs by the clock.").tag(config=True)
    _upkeep: asyncio.Task[None] | None = None
    _broker: asyncio.Task[None] | None = None
    _memory: OutOfMemoryWatch | None = None

    @property
    def accounts(self) -> AccountStore:
        """The accounts."""
        return self.register.accounts

    async def init_users(self) -> None:
        """Prepare what loading users and their servers relies on, then load them.

        It all has to happen before JupyterHub polls the servers that ran: one
        that cannot be reached then is taken for stopped.
        """
        await self._prepare_accounts()
        self.register.sessions.cookie_secret = self.cookie_secret
        await wait_for_engine(self.machine, self.log)
        await attach(self.machine)
        await revive_workspaces(self.machine, self._servers(), self.log)
        await super().init_users()

    async def start(self) -> None:
        """Start listening, and look after networks and routes from then on."""
        await super().start()
        self._upkeep = asyncio.create_task(self._look_after())
        self._memory = OutOfMemoryWatch(self.machine, self.log)
        self._memory.start()
        token = self.machine.host.settings.api_token.read_text(encoding="utf-8").strip()
        # Its own listener: what the hub decides must not depend on the proxy.
        calls = SelfCalls(f"http://127.0.0.1:{self.hub.port}{self.hub.base_url}api/", token)
        self._broker = asyncio.create_task(self.broker.run(calls, self.log))

    async def cleanup(self) -> None:
        """End the upkeep and the broker's clock, then what JupyterHub ends."""
        if self._memory is not None:
            self._memory.stop()
        for task in (self._upkeep, self._broker):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self.register.sessions.stop()
        await super().cleanup()

    def _servers(self) -> set[tuple[str, str]]:
        """Return (owner, workspace) of every server that ran when the hub was last there."""
        ran = self.db.query(orm.Spawner).filter(orm.Spawner.server_id.isnot(None))
        return {(row.user.name, row.name or naming.DEFAULT_WORKSPACE) for row in ran}

    async def _prepare_accounts(self) -> None:
        settings = self.machine.host.settings
        await asyncio.to_thread(self.accounts.migrate)
        password = settings.hub_dir / "admin-password"
        admin = await asyncio.to_thread(first_admin, self.accounts, settings, password)
        if admin is not None:
            self.log.info("Made the first admin's account: %s", admin.name)
        # The command line makes tokens for admins who have never logged in.
        for account in self.accounts.all():
            if account.admin and orm.User.find(self.db, account.name) is None:
                user = orm.User(name=account.name, admin=True)
                self.db.add(user)
                assign_default_roles(self.db, entity=user)
        self.db.commit()

    async def _look_after(self) -> None:
        for turn in count():
            try:
                if turn % REAP_TURNS == 0:
                    await reap_leftovers(self.machine, self.log)
                    await self.follow_members()
                await attach(self.machine)
                await self._restore_routes()
            except LabdockError as exc:
                self.log.warning("Upkeep is put off: %s", exc)
            except Exception:
                # Whatever it is, the next round may find it gone; without upkeep members
                # would be cut off for good.
                self.log.exception("Upkeep failed; trying again")
            await asyncio.sleep(UPKEEP_SECONDS)

    async def follow_members(self) -> None:
        """Let whoever decides without the hub know of roles and groups as they are now.

        JupyterHub's own API changes groups as well, and tells nobody.
        """
        await self.machine.ask(membership.follow, self.machine.host, membership.everybody(self.db))

    async def _restore_routes(self) -> None:
        """Give a proxy that was restarted its routes back.

        JupyterHub does so only for a proxy that it started itself.
        """
        routes = await self.proxy.get_all_routes()
        expected = {
            spawner.proxy_spec
            for user in self.users.values()
            for spawner in user.spawners.values()
            if spawner.ready
        }
        if self.hub.routespec not in routes or not expected <= set(routes):
            self.log.warning("The proxy has lost routes; restoring them")
            await self.proxy.check_routes(self.users, self._service_map, routes)


def main(argv: list[str] | None = None) -> Any:
    """Run the hub until it is told to stop."""
    return Hub.launch_instance(argv)
