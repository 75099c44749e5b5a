"""Who asks: the hub says whose a token is, the lab's accounts say who that is.

An answer of the hub is kept for a short while, under a hash of the token.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.accounts import AccountStore
from workspace_cli.core.errors import NotAllowedError, NotLoggedInError
from workspace_cli.core.policy import Role

SERVICE = "portal"
SCOPES = frozenset({"access:services", f"access:services!service={SERVICE}"})
INSTRUCTORS = "instructors"
"""The hub's group whose members see the class."""
READING = ("read:", "list:", "access:services")
"""How scopes begin that change nothing; ``access:servers`` is as good as a shell."""
KEPT_SECONDS = 30.0
"""How long a revoked token may still be good for reading and handing in."""
KEPT = 2000


@dataclass(frozen=True)
class Caller:
    """One person, what they are to the lab, and what the token that they act with may do."""

    name: str
    role: Role
    scopes: frozenset[str] = field(default=frozenset(), compare=False)
    """The hub's, as it expands them: ``servers!user=kim``."""

    @property
    def teaches(self) -> bool:
        """Whether they see the class."""
        return self.role in ("instructor", "admin")

    @property
    def administers(self) -> bool:
        """Whether they are an admin and act with all of an admin's rights.

        The token of an admin's own workspace, where anything may run, does not.
        """
        return self.role == "admin" and "admin:servers" in self.scopes

    @property
    def only_reads(self) -> bool:
        """Whether the token has no scope that changes anything, at the hub or in a workspace."""
        return all(scope.startswith(READING) for scope in self.scopes)

    def may_act_for(self, owner: str) -> bool:
        """Tell whether the token starts and stops an owner's workspaces."""
        return bool({"servers", f"servers!user={owner}"} & self.scopes)


class Hub(Protocol):
    """What the portal asks the hub."""

    def whose(self, token: str) -> Mapping[str, Any] | None:
        """Return the model of a token's user, None where the token is not valid."""


class Callers:
    """Knows callers by their tokens; safe in several threads."""

    def __init__(
        self, hub: Hub, accounts: AccountStore, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._hub = hub
        self._accounts = accounts
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Mapping[str, Any]]] = OrderedDict()

    def caller(self, token: str, *, fresh: bool = False) -> Caller:
        """Return whose token it is; ``fresh`` asks the hub whatever it said a moment ago.

        Raises NotLoggedInError for a token that is not valid, NotAllowedError where it is
        not made for the portal or its account cannot log in any more.
        """
        model = self._model(token, fresh) if token else None
        if model is None:
            raise NotLoggedInError(
                "The token is not valid.", "Log in again, or make another token."
            )
        if model.get("kind") != "user" or not SCOPES & set(model.get("scopes") or ()):
            raise NotAllowedError(
                "This token is not made for the portal.", "Make a token with all of your rights."
            )
        account = self._accounts.find(str(model["name"]))
        if account is None or not account.active:
            raise NotAllowedError("This account cannot log in.", "Ask an admin.")
        scopes = frozenset(map(str, model.get("scopes") or ()))
        return Caller(account.name, _role(account.admin, model), scopes)

    def _model(self, token: str, fresh: bool) -> Mapping[str, Any] | None:
        key, now = hashlib.sha256(token.encode()).hexdigest(), self._clock()
        with self._lock:
            at, model = self._kept.get(key, (0.0, None))
            if model is not None and not fresh and now - at < KEPT_SECONDS:
                return model
        model = self._hub.whose(token)
        with self._lock:
            self._kept.pop(key, None)
            # What is not valid is asked again: it may be by now, and nobody fills our memory.
            if model is not None:
                self._kept[key] = (now, model)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return model


def _role(admin: bool, model: Mapping[str, Any]) -> Role:
    if admin:
        return "admin"
    return "instructor" if INSTRUCTORS in (model.get("groups") or ()) else "member"
