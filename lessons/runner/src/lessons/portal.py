"""How the portal is reached: by its address and a token, or through the workspace's own server.

Inside a workspace nothing that the member runs holds the hub's token. The server listens on a
socket that the member alone can open and passes submissions on, with its own token.
"""

import http.client
import json
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from lessons.errors import NotReadyError, OutOfReachError, RefusedError

TOKEN_FILE = Path("/run/labdock-member/token")
SOCKET = "labdock-portal.sock"
TIMEOUT = 10.0
COME_AGAIN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT}

Answer = tuple[int, bytes]


class Way(Protocol):
    """One way to the portal."""

    @property
    def name(self) -> str:
        """What a person knows it by."""

    def exchange(self, method: str, path: str, data: bytes | None) -> Answer:
        """Status and body of the portal's answer; OSError where there is none."""


@dataclass(frozen=True)
class ByAddress:
    """Over the network, with a token of the member's."""

    url: str
    token: str

    @property
    def name(self) -> str:
        return self.url

    def exchange(self, method: str, path: str, data: bytes | None) -> Answer:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked where it is read
            self.url + path,
            data=data,
            method=method,
            headers={"Authorization": f"Bearer {self.token}", **_headers()},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read()


@dataclass(frozen=True)
class ByServer:
    """Through the socket of the workspace's server, which adds the token."""

    file: Path

    @property
    def name(self) -> str:
        return str(self.file)

    def exchange(self, method: str, path: str, data: bytes | None) -> Answer:
        connection = _SocketConnection(self.file)
        try:
            connection.request(method, path, body=data, headers=_headers())
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as problem:
            raise OSError(str(problem) or type(problem).__name__) from problem
        finally:
            connection.close()


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, file: Path) -> None:
        # The server asks the portal, and that may take it as long as any other way.
        super().__init__("workspace", timeout=3 * TIMEOUT)
        self._file = file

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._file))


def _headers() -> dict[str, str]:
    return {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True)
class Portal:
    """Where answers are handed in."""

    way: Way

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One call of the API; OutOfReachError or RefusedError where it does not work out."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            status, answer = self.way.exchange(method, f"/api/v1/lessons/{path}", data)
            if status < HTTPStatus.BAD_REQUEST:
                return _object(answer)
        except (OSError, ValueError) as problem:
            why = getattr(problem, "reason", problem)
            raise OutOfReachError("portal_out_of_reach", url=self.way.name, why=why) from problem
        raise _refused(status, answer)


def _object(data: bytes) -> dict[str, Any]:
    given = json.loads(data)
    if not isinstance(given, dict):
        raise ValueError("the portal's answer is no JSON object")  # noqa: TRY004 - as bad JSON is
    return given


def _refused(status: int, answer: bytes) -> OutOfReachError:
    try:
        detail = str(_object(answer)["detail"])
    except (ValueError, KeyError):
        detail = http.client.responses.get(status, "")
    # What may go well later stays in the outbox.
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in COME_AGAIN:
        return OutOfReachError("portal_broken", code=status, why=detail)
    return RefusedError("portal_refused", code=status, why=detail)


def find_portal(environ: Mapping[str, str] = os.environ) -> Portal:
    """The portal that LABDOCK_PORTAL_URL names, else the one that the workspace's server knows.

    Raises NotReadyError where there is neither, or no token for the first.
    """
    url = environ.get("LABDOCK_PORTAL_URL")
    if url:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise NotReadyError("bad_portal", url=url)
        return Portal(ByAddress(url.rstrip("/"), _token(environ)))
    file = Path(environ.get("JUPYTER_RUNTIME_DIR") or f"/tmp/labdock-{os.getuid()}") / SOCKET  # noqa: S108 - made 0700
    if not file.is_socket():
        raise NotReadyError("no_portal")
    return Portal(ByServer(file))


def _token(environ: Mapping[str, str]) -> str:
    given = environ.get("LABDOCK_TOKEN", "").strip()
    if given:
        return given
    file = Path(environ.get("LABDOCK_TOKEN_FILE") or TOKEN_FILE)
    try:
        token = file.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise NotReadyError("no_token", file=file, why=problem.strerror) from problem
    if not token:
        raise NotReadyError("no_token", file=file, why="empty")
    return token
