"""The hub's REST API, as far as the command line needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workspace_cli.core import naming
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import (
    BusyError,
    InvalidInputError,
    LabdockError,
    NotAllowedError,
    NotFoundError,
    StartFailedError,
    UserNotFoundError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.hub_accounts import HubAccounts
from workspace_cli.core.hub_requests import HubRequests

if TYPE_CHECKING:
    from workspace_cli.core.settings import Settings

STOP_SECONDS = 120.0
POLL_SECONDS = 0.1


class HubClient:
    """Accounts, tokens and servers of this machine's hub."""

    def __init__(self, settings: Settings, requests: HubRequests | None = None) -> None:
        self._requests = requests or HubRequests(settings)
        self.people = HubAccounts(self._requests, settings.url)

    # accounts -------------------------------------------------------------
    def accounts(self) -> list[dict[str, Any]]:
        """List the accounts."""
        found = self._requests.call("GET", "/accounts").data
        return list(found)

    def add_account(self, name: str, password: str, *, admin: bool = False) -> None:
        """Make an account; NameTakenError's parent ConflictError where it exists."""
        naming.check_owner(name)
        body = {"name": name, "password": password, "admin": admin}
        self._requests.call("POST", "/accounts", body)

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; UserNotFoundError where there is none."""
        with _not_found(UserNotFoundError, f"There is no account {name!r}.", _LIST_USERS):
            self._requests.call("PATCH", f"/accounts/{_segment(name)}", {"password": password})

    def remove_account(self, name: str) -> None:
        """Remove an account and stop its servers; its home stays."""
        with _not_found(UserNotFoundError, f"There is no account {name!r}.", _LIST_USERS):
            self._requests.call("DELETE", f"/accounts/{_segment(name)}")

    # groups ---------------------------------------------------------------
    def groups(self) -> dict[str, list[str]]:
        """Return every group and the accounts in it."""
        found = self._requests.call("GET", "/groups?limit=200").data
        return {str(row["name"]): sorted(row.get("users") or []) for row in found}

    def join_group(self, name: str, group: str) -> None:
        """Put an account into a group, which is made where there is none; UserNotFoundError."""
        naming.check_group(group)
        self._check_account(name)
        if group not in self.groups():
            self._requests.call("POST", f"/groups/{_segment(group)}")
        self._requests.call("POST", f"/groups/{_segment(group)}/users", {"users": [name]})

    def leave_group(self, name: str, group: str) -> None:
        """Take an account out of a group; NotFoundError where it is in none of that name."""
        if name not in self.groups().get(group, ()):
            raise NotFoundError(
                f"{name} is not in a group {group!r}.", "`workspace users ls` shows the groups."
            )
        self._requests.call("DELETE", f"/groups/{_segment(group)}/users", {"users": [name]})

    def _check_account(self, name: str) -> None:
        if name not in {str(account["name"]) for account in self.accounts()}:
            raise UserNotFoundError(f"There is no account {name!r}.", _LIST_USERS)

    # tokens ---------------------------------------------------------------
    def new_token(self, user: str, note: str, expires_in: int | None) -> dict[str, Any]:
        """Return a fresh API token of a user; ``expires_in`` in seconds, None for never."""
        body: dict[str, Any] = {"note": note}
        if expires_in is not None:
            body["expires_in"] = expires_in
        try:
            made = self._requests.call("POST", f"/users/{_segment(user)}/tokens", body).data
        except NotAllowedError as exc:
            # The hub answers 403 for a user that it does not know.
            if "not found" not in exc.message:
                raise
            raise UserNotFoundError(f"There is no account {user!r}.", _LIST_USERS) from exc
        return dict(made)

    # servers --------------------------------------------------------------
    def start_server(
        self,
        owner: str,
        workspace: str,
        report: Report | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Start a workspace and wait until it is ready; without ``options``, with those it had.

        Nothing happens where it runs already.
        Raises StartFailedError with the hub's reason, UserNotFoundError.
        """
        path = _server_path(owner, workspace)
        started = _Background(lambda: self._requests.call("POST", path, options))
        failure = self._follow(path, started, report)
        with _not_found(UserNotFoundError, f"The hub knows no member {owner!r}.", _LIST_USERS):
            try:
                started.result()
            except InvalidInputError as exc:
                if "already running" not in exc.message:
                    raise
                return
            except LabdockError as exc:
                if type(exc) is not LabdockError:
                    raise
                raise StartFailedError(exc.message, exc.remedy) from exc
        if failure is not None:
            raise StartFailedError(
                failure, f"See what it printed: workspace logs {owner}/{workspace}"
            )

    def stop_server(self, owner: str, workspace: str, *, remove: bool = False) -> None:
        """Stop a workspace and wait until it has stopped; nothing happens where it is not up.

        ``remove`` also makes the hub forget a named server and delete its container.
        Raises WorkspaceNotFoundError where the hub knows no such server.
        """
        path = _server_path(owner, workspace)
        message = f"The hub knows no workspace {owner}/{workspace}."
        with _not_found(WorkspaceNotFoundError, message, ""):
            answer = self._requests.call("DELETE", path, {"remove": True} if remove else None)
        deadline = time.monotonic() + STOP_SECONDS
        while answer.status == 202 and self._is_stopping(path):
            if time.monotonic() > deadline:
                raise BusyError(
                    f"{owner}/{workspace} is still stopping after {STOP_SECONDS:.0f} seconds.",
                    "Wait, then look with `workspace show`.",
                )
            time.sleep(POLL_SECONDS)

    # the disk -------------------------------------------------------------
    def measure_disk(self, owner: str) -> None:
        """Let the hub measure what a member takes up, unless it did a moment ago."""
        self._requests.call("POST", f"/disk/{_segment(owner)}")

    def _is_stopping(self, path: str) -> bool:
        try:
            server = self._requests.call("GET", path).data
        except NotFoundError:
            return False
        return isinstance(server, Mapping) and server.get("pending") == "stop"

    def _follow(self, path: str, started: _Background, report: Report | None) -> str | None:
        """Report a start's steps until it ends; return why it failed, None where it did not."""
        while True:
            done = started.done()
            try:
                seen = done
                for event in self._requests.events(f"{path}/progress"):
                    if event.get("ready"):
                        return None
                    if event.get("failed"):
                        # Until this start is under way the hub tells how the last one failed.
                        if not seen:
                            break
                        return str(event.get("message") or "The start failed.")
                    seen = True
                    if report is not None and event.get("message"):
                        report(Progress(str(event["message"])))
            except LabdockError:
                # Not starting yet, or over already: the start's own request knows. While the
                # hub polls a server first, it even answers 500 here (JupyterHub 6.1.1).
                if done:
                    return None
            if done and started.failed():
                return None
            time.sleep(POLL_SECONDS)


class _Background:
    """One call on a thread of its own, so that its progress can be read meanwhile."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._error: BaseException | None = None
        # A daemon: an interrupted command line does not wait for the hub's answer.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._call()
        except BaseException as exc:  # noqa: BLE001 - raised again by result()
            self._error = exc

    def done(self) -> bool:
        return not self._thread.is_alive()

    def failed(self) -> bool:
        return self._error is not None

    def result(self) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error


_LIST_USERS = "`workspace users ls` lists the accounts."


@contextmanager
def _not_found(error: type[NotFoundError], message: str, remedy: str) -> Iterator[None]:
    try:
        yield
    except NotFoundError as exc:
        raise error(message, remedy) from exc


def _segment(name: str) -> str:
    return quote(name, safe="")


def _server_path(owner: str, workspace: str) -> str:
    server = naming.server_name(workspace)
    user = f"/users/{_segment(owner)}"
    return f"{user}/servers/{_segment(server)}" if server else f"{user}/server"
