"""What the command line asks of the hub about accounts, beyond making and removing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from workspace_cli.core.errors import NotFoundError, UserNotFoundError

if TYPE_CHECKING:
    from workspace_cli.core.hub_requests import HubRequests

Action = Literal[
    "approve",
    "deny",
    "unlock",
    "reset-link",
    "temporary-password",
    "reset-second-factor",
    "end-sessions",
]


class HubAccounts:
    """Approval, invitations, logins and second factors at this machine's hub."""

    def __init__(self, requests: HubRequests, url: str | None = None) -> None:
        self._requests = requests
        self._url = url
        """What people write into a browser, where it is not what the machine listens on."""

    def waiting(self) -> list[dict[str, Any]]:
        """List the accounts that wait for approval."""
        found = self._requests.call("GET", "/accounts").data
        return [account for account in found if account.get("state") == "pending"]

    def act(self, name: str, action: Action) -> dict[str, Any]:
        """Do one thing with one account; UserNotFoundError, ConflictError."""
        with _known(name):
            done = self._requests.call("POST", f"/accounts/{_segment(name)}/{action}", {})
        return dict(done.data)

    def invite(
        self, *, uses: int, seconds: int, groups: Sequence[str], note: str
    ) -> dict[str, Any]:
        """Make an invitation; the answer's ``link`` is told this once."""
        body = {"uses": uses, "seconds": seconds, "groups": list(groups), "note": note}
        made = dict(self._requests.call("POST", "/invitations", body).data)
        return {**made, "link": self.link(str(made["path"]))}

    def link(self, path: str) -> str:
        """Return the full address of a page of the hub."""
        return f"{(self._url or self._requests.address).rstrip('/')}{path}"

    def invitations(self) -> list[dict[str, Any]]:
        """List the invitations that are still good."""
        return list(self._requests.call("GET", "/invitations").data)

    def end_invitation(self, id_: str) -> None:
        """End an invitation; NotFoundError where there is none."""
        self._requests.call("DELETE", f"/invitations/{_segment(id_)}")

    def logins(self) -> dict[str, Any]:
        """Return who has to wait after failed logins, and who has a second factor."""
        return dict(self._requests.call("GET", "/logins").data)

    def sessions(self, name: str) -> list[dict[str, Any]]:
        """List where a member is logged in; UserNotFoundError."""
        with _known(name):
            return list(self._requests.call("GET", f"/accounts/{_segment(name)}/sessions").data)

    def end_session(self, name: str, id_: str) -> None:
        """End one login of a member; NotFoundError where there is none."""
        self._requests.call("DELETE", f"/accounts/{_segment(name)}/sessions", {"id": id_})

    def set_state(self, name: str, state: Literal["active", "disabled"]) -> None:
        """Let an account log in, or no longer; its sessions end. UserNotFoundError."""
        with _known(name):
            self._requests.call("PATCH", f"/accounts/{_segment(name)}", {"state": state})


@contextmanager
def _known(name: str) -> Iterator[None]:
    try:
        yield
    except NotFoundError as exc:
        raise UserNotFoundError(
            f"There is no account {name!r}.", "`workspace users ls` lists the accounts."
        ) from exc


def _segment(name: str) -> str:
    return quote(name, safe="")
