"""The admins' page of one member: role, groups, limits, workspaces, logins."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyterhub import orm

from hub.account_page import browser_name
from hub.accounts import Account
from hub.admin_form import AdminForms, Form, address_of
from hub.people_page import moment_of, role_in
from hub.register import INSTRUCTORS, Register
from hub.standing import check_role
from workspace_cli.core import disk
from workspace_cli.core.errors import ConflictError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace
from workspace_cli.core.naming import DEFAULT_WORKSPACE
from workspace_cli.core.reading import list_workspaces


class MemberPage(AdminForms):
    """Shows one member, and takes the forms about them."""

    @property
    def forms(self) -> dict[str, Form]:
        """The page's forms by name."""
        return {"standing": self._stand, "enable": self._enable, "disable": self._disable}

    async def _stand(self, name: str) -> str:
        account = await self.account(name)
        role = check_role(self.get_body_argument("role", ""))
        if account.name == self.current_user.name and role != "admin":
            raise ConflictError(
                "You cannot take the role of an admin from yourself.", "Ask another admin."
            )
        await self.standing.change(account, role, self.get_body_arguments("group"))
        return f"{address_of('people', account.name)}?told=standing"

    async def _enable(self, name: str) -> str:
        account = await self.account(name)
        await self.standing.set_state(account, active=True)
        return f"{address_of('people', account.name)}?told=enabled"

    async def _disable(self, name: str) -> str:
        account = await self.account(name)
        if account.name == self.current_user.name:
            raise ConflictError("You cannot disable your own account.", "Ask another admin.")
        await self.standing.set_state(account, active=False)
        return f"{address_of('people', account.name)}?told=disabled"

    async def show(self, subject: str) -> None:
        """Show the page."""
        account = await self.account(subject)
        user = self.find_user(account.name)
        mine = {str(one.name) for one in user.orm_user.groups} if user else set()
        every = [str(one.name) for one in self.db.query(orm.Group).order_by(orm.Group.name)]
        role = role_in(mine, admin=account.admin)
        allowance = self.register.machine.host.policy.allowance(role, mine)
        page = await self.render_template(
            "member.html",
            account=account,
            created=moment_of(account.created),
            role=role,
            groups=[(one, one in mine) for one in every if one != INSTRUCTORS],
            allowance=allowance,
            told=self.told(),
            **await asyncio.to_thread(self._facts, account),
            **self.shown,
        )
        self.finish(page)

    def _facts(self, account: Account) -> dict[str, Any]:
        register, name = self.register, account.name
        waiting = register.throttle.waiting()
        usage = disk.read(register.machine.host.settings, name)
        return {
            "factor": register.factors.find(name) is not None,
            "locked": any(row.kind == "account" and row.subject == name for row in waiting),
            "workspaces": workspaces_of(register.machine.host, name),
            "usage": usage,
            "logins": [
                {
                    "id": row.id,
                    "agent": browser_name(row.agent),
                    "address": row.address,
                    "seen": moment_of(row.seen),
                }
                for row in register.sessions.all(name)
            ],
        }


def workspaces_of(host: Host, owner: str) -> list[dict[str, Any]] | None:
    """Return a member's workspaces for a page; None while the engine does not answer."""
    try:
        return [_workspace(one) for one in list_workspaces(host, owner=owner)]
    except LabdockError:
        return None


def _workspace(one: Workspace) -> dict[str, Any]:
    default = one.name == DEFAULT_WORKSPACE
    return {
        "name": one.name,
        # What the hub calls it: a member's first workspace has no name there.
        "server": "" if default else one.name,
        "hub": one.kind == "hub",
        "up": one.container.state in ("running", "paused", "restarting"),
        "gpus": len(one.gpus) if one.holds_gpus else 0,
        "image": one.image,
    }


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    return [(r"/people/([^/]+)(?:/(standing|enable|disable))?", MemberPage, {"register": register})]
