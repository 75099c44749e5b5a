"""The hub's REST API, as far as the command line needs it.

One request, one connection: a call of the command line makes a handful.  The
standard library's client is enough and loads at once.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workspace_cli.core import naming
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import (
    BusyError,
    ConflictError,
    DiskFullError,
    HubUnreachableError,
    InvalidInputError,
    InvalidOptionError,
    LabdockError,
    NotAllowedError,
    NotFoundError,
    StartFailedError,
    UnreachableError,
    UserNotFoundError,
    WorkspaceNotFoundError,
)

if TYPE_CHECKING:
    from workspace_cli.core.settings import Settings

API = "/hub/api"
REQUEST_SECONDS = 120.0
"""Longest wait for one answer; the hub itself answers a start within its slow-spawn time."""
STOP_SECONDS = 120.0
POLL_SECONDS = 0.1

_REMEDY = "Start it with `workspace up`, or look into it with `workspace doctor`."
_ERRORS: dict[int, type[LabdockError]] = {
    400: InvalidInputError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidOptionError,
    429: BusyError,
    503: UnreachableError,
    507: DiskFullError,
}


@dataclass(frozen=True)
class Answer:
    """What the hub answered: ``data`` is its JSON, None where the body was none."""

    status: int
    data: Any


class HubClient:
    """Talks to the hub through the proxy's public port, with the command line's own token."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    # accounts -------------------------------------------------------------
    def accounts(self) -> list[dict[str, Any]]:
        """List the accounts."""
        found = self._call("GET", "/accounts").data
        return list(found)

    def add_account(self, name: str, password: str, *, admin: bool = False) -> None:
        """Make an account; NameTakenError's parent ConflictError where it exists."""
        naming.check_owner(name)
        body = {"name": name, "password": password, "admin": admin}
        self._call("POST", "/accounts", body)

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; UserNotFoundError where there is none."""
        with _not_found(UserNotFoundError, f"There is no account {name!r}.", _LIST_USERS):
            self._call("PATCH", f"/accounts/{_segment(name)}", {"password": password})

    def remove_account(self, name: str) -> None:
        """Remove an account and stop its servers; its home stays."""
        with _not_found(UserNotFoundError, f"There is no account {name!r}.", _LIST_USERS):
            self._call("DELETE", f"/accounts/{_segment(name)}")

    # tokens ---------------------------------------------------------------
    def new_token(self, user: str, note: str, expires_in: int | None) -> dict[str, Any]:
        """Return a fresh API token of a user; ``expires_in`` in seconds, None for never."""
        body: dict[str, Any] = {"note": note}
        if expires_in is not None:
            body["expires_in"] = expires_in
        try:
            made = self._call("POST", f"/users/{_segment(user)}/tokens", body).data
        except NotAllowedError as exc:
            # The hub answers 403 for a user that it does not know.
            if "not found" not in exc.message:
                raise
            raise UserNotFoundError(f"There is no account {user!r}.", _LIST_USERS) from exc
        return dict(made)

    # servers --------------------------------------------------------------
    def start_server(self, owner: str, workspace: str, report: Report | None = None) -> None:
        """Start a workspace with the options it had, and wait until it is ready.

        Nothing happens where it runs already.
        Raises StartFailedError with the hub's reason, UserNotFoundError.
        """
        path = _server_path(owner, workspace)
        started = _Background(lambda: self._call("POST", path))
        failure = self._follow(path, started, report)
        with _not_found(UserNotFoundError, f"The hub knows no member {owner!r}.", _LIST_USERS):
            try:
                started.result()
            except InvalidInputError as exc:
                if "already running" not in exc.message:
                    raise
                return
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
            answer = self._call("DELETE", path, {"remove": True} if remove else None)
        deadline = time.monotonic() + STOP_SECONDS
        while answer.status == 202 and self._is_stopping(path):
            if time.monotonic() > deadline:
                raise BusyError(
                    f"{owner}/{workspace} is still stopping after {STOP_SECONDS:.0f} seconds.",
                    "Wait, then look with `workspace show`.",
                )
            time.sleep(POLL_SECONDS)

    def _is_stopping(self, path: str) -> bool:
        try:
            server = self._call("GET", path).data
        except NotFoundError:
            return False
        return isinstance(server, Mapping) and server.get("pending") == "stop"

    def _follow(self, path: str, started: _Background, report: Report | None) -> str | None:
        """Report a start's steps until it ends; return why it failed, None where it did not."""
        while True:
            done = started.done()
            try:
                for event in self._events(f"{path}/progress"):
                    if event.get("failed"):
                        return str(event.get("message") or "The start failed.")
                    if event.get("ready"):
                        return None
                    if report is not None and event.get("message"):
                        report(Progress(str(event["message"])))
            except (InvalidInputError, NotFoundError):
                # Not starting yet, or over already: the request itself knows which.
                if done:
                    return None
            if done and started.failed():
                return None
            time.sleep(POLL_SECONDS)

    # requests -------------------------------------------------------------
    def _call(self, method: str, path: str, body: Any = None) -> Answer:
        with self._response(method, path, body) as response:
            content = response.read()
            return Answer(response.status, _parse(content))

    def _events(self, path: str) -> Iterator[dict[str, Any]]:
        with self._response("GET", path, None) as response:
            for line in response:
                if line.startswith(b"data:"):
                    event = _parse(line[len(b"data:") :])
                    if isinstance(event, dict):
                        yield event

    @contextmanager
    def _response(self, method: str, path: str, body: Any) -> Iterator[http.client.HTTPResponse]:
        headers = {"Authorization": f"token {self._token()}", "Accept": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        connection = self._connection()
        try:
            connection.request(method, API + path, content, headers)
            response = connection.getresponse()
            if response.status >= 300:
                raise _error(response.status, response.read())
            yield response
        except (OSError, http.client.HTTPException) as exc:
            reason = str(exc) or type(exc).__name__
            raise HubUnreachableError(
                f"The hub does not answer at {self.address}: {reason}.", _REMEDY
            ) from exc
        finally:
            connection.close()

    @property
    def address(self) -> str:
        """The address at which this machine reaches the hub."""
        scheme = "https" if self._settings.tls else "http"
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{scheme}://{host}:{self._settings.port}"

    @property
    def _host(self) -> str:
        bind = ipaddress.ip_address(self._settings.bind)
        if bind.is_unspecified:
            return "127.0.0.1" if bind.version == 4 else "::1"
        return str(bind)

    def _connection(self) -> http.client.HTTPConnection:
        if not self._settings.tls:
            return http.client.HTTPConnection(
                self._host, self._settings.port, timeout=REQUEST_SECONDS
            )
        import ssl

        # The certificate is the machine's own and names another host than the loopback: what
        # is checked is that the other side holds exactly this certificate.
        context = ssl.create_default_context(cafile=str(self._settings.tls_cert))
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return http.client.HTTPSConnection(
            self._host, self._settings.port, timeout=REQUEST_SECONDS, context=context
        )

    def _token(self) -> str:
        path = self._settings.api_token
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError as exc:
            raise HubUnreachableError(
                f"Labdock is not set up here: {path} does not exist.", "Run `workspace up` first."
            ) from exc
        except PermissionError as exc:
            raise NotAllowedError(
                f"Only an admin of this machine can read {path}.", "Run this with sudo."
            ) from exc
        except (OSError, UnicodeDecodeError) as exc:
            raise HubUnreachableError(f"{path} cannot be read: {exc}.", _REMEDY) from exc


class _Background:
    """One call on a thread of its own, so that its progress can be read meanwhile."""

    def __init__(self, call: Any) -> None:
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


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _error(status: int, content: bytes) -> LabdockError:
    data = _parse(content)
    if not isinstance(data, dict):
        # The proxy's own page: it answers, what is behind it does not.
        return HubUnreachableError(f"The hub does not answer (HTTP {status}).", _REMEDY)
    message = str(data.get("message") or f"HTTP {status}").strip()
    remedy = str(data.get("remedy") or "")
    if status in (401, 403):
        return NotAllowedError(
            f"The hub refuses the command line: {message}",
            "If its token is out of date, `workspace up` renews it.",
        )
    kind = _ERRORS.get(status, LabdockError)
    return kind(message if message.endswith((".", "!", "?")) else f"{message}.", remedy)
