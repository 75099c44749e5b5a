"""The admins' pages of groups and roles: who is in which, and what each allows."""

from __future__ import annotations

import re
from typing import Any

from jupyterhub import orm
from tornado.web import HTTPError

from hub.accounts import normalize_name
from hub.admin_form import AdminForms, Form, address_of
from hub.register import INSTRUCTORS, Register
from workspace_cli.core.policy import Policy, Role

ROLES: tuple[Role, ...] = ("member", "instructor", "admin")


class GroupsPage(AdminForms):
    """Shows roles and groups with what they allow, and makes groups."""

    @property
    def forms(self) -> dict[str, Form]:
        """The page's forms by name."""
        return {"": self._make}

    async def _make(self, _: str) -> str:
        name = self.get_body_argument("name", "")
        await self.standing.make_group(name)
        return f"{address_of('groups', name)}?told=made"

    async def show(self, subject: str) -> None:
        """Show the page."""
        policy = self._policy
        groups = [
            (str(one.name), len(one.users), policy.groups.get(str(one.name)))
            for one in self.db.query(orm.Group).order_by(orm.Group.name)
            if one.name != INSTRUCTORS
        ]
        page = await self.render_template(
            "groups.html",
            roles=[(role, policy.allowance(role)) for role in ROLES],
            groups=groups,
            told=self.told(),
            **self.shown,
        )
        self.finish(page)

    @property
    def _policy(self) -> Policy:
        return self.register.machine.host.policy


class GroupPage(AdminForms):
    """Shows one group, and changes who is in it."""

    @property
    def forms(self) -> dict[str, Form]:
        """The page's forms by name."""
        return {"add": self._add, "remove": self._remove, "delete": self._delete}

    async def _add(self, name: str) -> str:
        text = self.get_body_argument("people", "")
        people = [normalize_name(one) for one in re.split(r"[\s,]+", text) if one]
        await self.standing.join(name, people)
        return f"{address_of('groups', name)}?told=added"

    async def _remove(self, name: str) -> str:
        await self.standing.leave(name, normalize_name(self.get_body_argument("member", "")))
        return f"{address_of('groups', name)}?told=removed"

    async def _delete(self, name: str) -> str:
        await self.standing.delete_group(name)
        return "groups?told=deleted"

    async def show(self, subject: str) -> None:
        """Show the page; 404 where there is no such group."""
        group = orm.Group.find(self.db, subject)
        if group is None or subject == INSTRUCTORS:
            raise HTTPError(404)
        page = await self.render_template(
            "group.html",
            group=subject,
            people=sorted(str(one.name) for one in group.users),
            allowance=self.register.machine.host.policy.groups.get(subject),
            told=self.told(),
            **self.shown,
        )
        self.finish(page)


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    handed = {"register": register}
    return [
        (r"/groups", GroupsPage, handed),
        (r"/groups/([^/]+)(?:/(add|remove|delete))?", GroupPage, handed),
    ]
