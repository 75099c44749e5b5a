"""What admins do with accounts beyond making and removing them, over HTTP.

``/hub/api/invitations``, ``/hub/api/accounts/NAME/ACTION`` and
``/hub/api/accounts/NAME/sessions``; scope ``admin:users``.  Each is in the audit trail.
Their own logins members list and end themselves (scope ``tokens``).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from jupyterhub.roles import assign_default_roles
from jupyterhub.scopes import has_scope
from tornado.web import HTTPError

from hub import sessions
from hub.accounts import Account, normalize_name
from hub.accounts_api import RegisterHandler, admins_only
from hub.invitations import Invitation
from hub.passwords import new_password
from hub.register import Register
from workspace_cli.core.errors import ConflictError, InvalidOptionError, NotFoundError


class InvitationsHandler(RegisterHandler):
    """Lists and makes invitations."""

    @admins_only
    async def get(self) -> None:
        """List those that are still good."""
        found = await self.attempt(self.register.invitations.all)
        self.write(json.dumps([invitation_model(row) for row in found]))

    @admins_only
    async def post(self) -> None:
        """Make one from ``uses``, ``seconds``, ``groups``, ``note``; its token is told once."""
        body = await self.attempt(lambda: self.body({"uses", "seconds", "groups", "note"}))
        made, token = await self.attempt(
            lambda: self.register.invitations.create(
                self.actor,
                uses=_whole(body.get("uses", 1), "uses"),
                seconds=_whole(body.get("seconds", 7 * 86400), "seconds"),
                groups=_texts(body.get("groups", []), "groups"),
                note=str(body.get("note") or ""),
            )
        )
        await self.note("invite", made.id, f"{made.uses} uses, groups {', '.join(made.groups)}")
        self.set_status(201)
        # The token in a fragment: it is sent to no server and stands in no log.
        address = f"{self.hub.base_url}signup#{token}"
        self.write(json.dumps({**invitation_model(made), "token": token, "path": address}))


class InvitationHandler(RegisterHandler):
    """Ends one invitation."""

    @admins_only
    async def delete(self, id_: str) -> None:
        """End it."""
        await self.attempt(lambda: self.register.invitations.revoke(id_))
        await self.note("end-invitation", id_)
        self.set_status(204)


class ActionHandler(RegisterHandler):
    """Does one thing with one account."""

    @admins_only
    async def post(self, name: str, action: str) -> None:
        """Do it; NotFoundError's answer where there is no such account."""
        actions = {
            "approve": self._approve,
            "deny": self._deny,
            "unlock": self._unlock,
            "reset-link": self._reset_link,
            "temporary-password": self._temporary_password,
            "reset-second-factor": self._reset_second_factor,
            "end-sessions": self._end_sessions,
        }
        account = await self.attempt(lambda: self.register.accounts.get(name))
        model = await actions[action](account)
        # Whoever has to wait for nothing is unlocked from nothing.
        if model.get("locked", True):
            await self.note(action, account.name)
        self.write(json.dumps({"name": account.name, **model}))

    async def _approve(self, account: Account) -> dict[str, Any]:
        await self._check_pending(account)
        await self.attempt(lambda: self.register.accounts.set_state(account.name, "active"))
        user = self.user_from_username(account.name)
        assign_default_roles(self.db, entity=user.orm_user)
        self.db.commit()
        return {"state": "active"}

    async def _deny(self, account: Account) -> dict[str, Any]:
        await self._check_pending(account)
        await self.attempt(lambda: self.register.accounts.remove(account.name))
        return {"state": "removed"}

    async def _check_pending(self, account: Account) -> None:
        if account.state != "pending":
            self.fail(
                ConflictError(
                    f"{account.name!r} does not wait for approval.",
                    "`workspace users waiting` lists who does.",
                )
            )

    async def _unlock(self, account: Account) -> dict[str, Any]:
        throttle, name = self.register.throttle, account.name
        locked = await self.attempt(lambda: throttle.forget("account", name))
        code = await self.attempt(lambda: throttle.forget("code", name))
        return {"locked": locked or code}

    async def _reset_link(self, account: Account) -> dict[str, Any]:
        self._check_local(account)
        token = await self.attempt(lambda: self.register.resets.create(account.name))
        return {"token": token, "path": f"{self.hub.base_url}reset#{token}"}

    async def _temporary_password(self, account: Account) -> dict[str, Any]:
        self._check_local(account)
        password = new_password()
        await self.attempt(
            lambda: self.register.accounts.set_password(account.name, password, must_change=True)
        )
        await self._end_sessions(account)
        return {"password": password}

    async def _reset_second_factor(self, account: Account) -> dict[str, Any]:
        there = await self.attempt(lambda: self.register.factors.remove(account.name))
        await self._end_sessions(account)
        return {"removed": there}

    async def _end_sessions(self, account: Account) -> dict[str, Any]:
        user = self.find_user(account.name)
        if user is not None:
            sessions.end_all(self.db, user.orm_user, self.register.sessions)
        return {}

    def _check_local(self, account: Account) -> None:
        if account.outside is not None:
            self.fail(
                ConflictError(
                    f"{account.name!r} logs in elsewhere and has no password here.",
                    "Passwords of the outside login are changed there.",
                )
            )


class SessionsHandler(RegisterHandler):
    """Shows and ends where a member is logged in: for admins, and for whose logins they are."""

    def check(self, name: str) -> None:
        """Refuse whoever may neither look after accounts nor after this member's tokens."""
        own = getattr(self.current_user, "name", None) == normalize_name(name)
        scopes = ["admin:users"]
        if own:
            # A login is a token of a browser's: who may revoke tokens may end it.
            scopes.append(f"tokens!user={normalize_name(name)}")
        if not any(has_scope(one, self.parsed_scopes, db=self.db) for one in scopes):
            raise HTTPError(403, "This token may not look after these logins.")

    async def get(self, name: str) -> None:
        """List the logins, the latest seen first."""
        self.check(name)
        account = await self.attempt(lambda: self.register.accounts.get(name))
        found = await self.attempt(lambda: self.register.sessions.all(account.name))
        rows = [
            {
                "id": row.id,
                "created": iso(row.created),
                "seen": iso(row.seen),
                "address": row.address,
                "agent": row.agent,
            }
            for row in found
        ]
        self.write(json.dumps(rows))

    async def delete(self, name: str) -> None:
        """End the login of ``id``."""
        self.check(name)
        body = await self.attempt(lambda: self.body({"id"}))
        user = self.find_user(normalize_name(name))
        ended = 0
        if user is not None:
            wanted = {str(body.get("id"))}
            ended = sessions.end(self.db, user.orm_user, self.register.sessions, wanted)
        if not ended:
            self.fail(NotFoundError("There is no such login.", "It may have ended already."))
        await self.note("end-session", normalize_name(name))
        self.set_status(204)


class StandingHandler(RegisterHandler):
    """Tells who has to wait after failed logins, and who has a second factor."""

    @admins_only
    async def get(self) -> None:
        """List them."""
        waiting = await self.attempt(self.register.throttle.waiting)
        names = await self.attempt(self.register.factors.names)
        rows = [
            {"kind": row.kind, "subject": row.subject, "seconds": round(row.seconds)}
            for row in waiting
            if row.kind in ("account", "address", "code")
        ]
        self.write(json.dumps({"waiting": rows, "second_factors": sorted(names)}))


def invitation_model(row: Invitation) -> dict[str, Any]:
    """Return an invitation as JSON; times in ISO 8601, UTC."""
    return {**vars(row), "created": iso(row.created), "expires": iso(row.expires)}


def iso(seconds: float) -> str:
    """Write a moment in ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _whole(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidOptionError(f"{name} is a whole number, not {value!r}.", "Send one.")
    return value


def _texts(value: object, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidOptionError(f"{name} is a list of texts.", "Send a JSON array.")
    return value


def handlers(register: Register) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``."""
    handed = {"register": register}
    actions = "approve|deny|unlock|reset-link|temporary-password|reset-second-factor|end-sessions"
    return [
        (r"/api/invitations", InvitationsHandler, handed),
        (r"/api/invitations/([0-9a-f]+)", InvitationHandler, handed),
        (r"/api/logins", StandingHandler, handed),
        (rf"/api/accounts/([^/]+)/({actions})", ActionHandler, handed),
        (r"/api/accounts/([^/]+)/sessions", SessionsHandler, handed),
    ]
