"""The portal's API as methods; its failures as ours."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from workspace_cli.core.errors import (
    ConflictError,
    DiskFullError,
    HubUnreachableError,
    InvalidOptionError,
    LabdockError,
    NotAllowedError,
    NotFoundError,
    NotLoggedInError,
    TooLargeError,
    TooOftenError,
    UnreachableError,
)
from workspace_cli.remote.ways import Way

POLL_SECONDS = 0.5
PAGE = 200
_ERRORS: Mapping[int, type[LabdockError]] = {
    401: NotLoggedInError,
    403: NotAllowedError,
    404: NotFoundError,
    409: ConflictError,
    413: TooLargeError,
    422: InvalidOptionError,
    429: TooOftenError,
    503: UnreachableError,
    507: DiskFullError,
}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Step:
    """A step of something long, as the console shows it; bytes, total 0 if unknown."""

    text: str
    current: int = 0
    total: int = 0
    warning: bool = False


class Remote:
    """One lab as a member reaches it; ``user`` is who they are."""

    def __init__(self, way: Way, user: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._way = way
        self.user = user
        self._pause = pause

    # environments ---------------------------------------------------------
    def environments(self, owner: str = "") -> Rows:
        """List what one may start from."""
        return list(self._pages("environments", {"owner": owner} if owner else {}))

    def history(self, reference: str) -> Rows:
        """Return the tree that an environment belongs to."""
        return list(self._call("GET", f"{_environment(reference)}/history")["branches"])

    def difference(self, reference: str, *, other: str = "", workspace: str = "") -> dict[str, Any]:
        """Compare an environment with another one, or with a workspace (OWNER/NAME)."""
        query = urlencode({"with": other} if other else {"workspace": workspace})
        return dict(self._call("GET", f"{_environment(reference)}/diff?{query}"))

    def grants(self, reference: str) -> dict[str, Any]:
        """Tell whom an environment is shared with, and who uses it."""
        return dict(self._call("GET", f"{_environment(reference)}/grants"))

    def share(self, reference: str, recipient: str) -> None:
        """Let somebody start from an environment."""
        self._call("PUT", f"{_environment(reference)}/grants/{quote(recipient, safe='')}")

    def withdraw(self, reference: str, recipient: str) -> dict[str, Any]:
        """Take that back."""
        path = f"{_environment(reference)}/grants/{quote(recipient, safe='')}"
        return dict(self._call("DELETE", path))

    def delete(self, reference: str) -> None:
        """Delete an environment."""
        self._call("DELETE", _environment(reference))

    # workspaces -----------------------------------------------------------
    def workspaces(self) -> Rows:
        """List one's workspaces, for an admin everybody's."""
        return list(self._pages("workspaces", {}))

    def workspace(self, owner: str, name: str) -> dict[str, Any]:
        """Return one workspace."""
        return dict(self._call("GET", _workspace(owner, name)))

    def preview(self, owner: str, name: str) -> dict[str, Any]:
        """Tell what a save would keep."""
        return dict(self._call("GET", f"{_workspace(owner, name)}/preview"))

    def save(self, owner: str, name: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to save a workspace; return the operation."""
        return dict(self._call("POST", f"{_workspace(owner, name)}/environments", wanted))

    def roll_back(self, owner: str, name: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to make a workspace anew; return the operation."""
        return dict(self._call("POST", f"{_workspace(owner, name)}/rollback", wanted))

    def act(self, owner: str, name: str, action: str) -> dict[str, Any]:
        """Start, stop, restart or extend a workspace."""
        body: dict[str, Any] | None = {} if action == "start" else None
        return dict(self._call("POST", f"{_workspace(owner, name)}/{action}", body))

    def gpus(self) -> Rows:
        """List the machine's GPUs."""
        return list(self._call("GET", "gpus")["items"])

    # operations -----------------------------------------------------------
    def follow(self, operation: Mapping[str, Any], report: Callable[[Step], None]) -> Any:
        """Report an operation's steps until it ends; return its result, raise its failure."""
        warned: list[str] = []
        one = dict(operation)
        while one["state"] in ("queued", "running"):
            report(Step(one["step"] or "Waiting for its turn", one["current"], one["total"]))
            self._pause(POLL_SECONDS)
            one = self._call("GET", f"operations/{one['id']}")
            for text in one["warnings"]:
                if text not in warned:
                    warned.append(text)
                    report(Step(text, warning=True))
        if one["failure"]:
            raise _error(int(one["failure"]["status"]), str(one["failure"]["detail"]))
        return one["result"]

    # calls ----------------------------------------------------------------
    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        after: str | None = ""
        while after is not None:
            asked = {**query, "limit": str(PAGE), **({"after": after} if after else {})}
            page = self._call("GET", f"{path}?{urlencode(asked)}")
            yield from page["items"]
            after = page["next"]

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        status, answer = self._way.exchange(method, f"/api/v1/{path}", content)
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise refusal(status, answer)
        try:
            return json.loads(answer) if answer.strip() else None
        except ValueError as exc:
            raise HubUnreachableError(
                "What answers there is no Labdock.", "Check the address."
            ) from exc


def refusal(status: int, answer: bytes) -> LabdockError:
    """Return the failure that an answer means."""
    try:
        told = json.loads(answer)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return HubUnreachableError(
            f"The portal does not answer (HTTP {status}).",
            "Check the address, or try again in a minute.",
        )
    return _error(status, str(told.get("detail") or told.get("message") or f"HTTP {status}"))


def _error(status: int, text: str) -> LabdockError:
    return _ERRORS.get(status, LabdockError)(text)


def _environment(reference: str) -> str:
    return f"environments/{quote(reference, safe='/:')}"


def _workspace(owner: str, name: str) -> str:
    return f"workspaces/{quote(owner, safe='')}/{quote(name, safe='')}"
