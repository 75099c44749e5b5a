"""A hub's API in this process: as much of JupyterHub's as the command line talks to.

What it answers was read off JupyterHub 6.1.1 (``apihandlers/users.py``); the
engine's tests run the same client against the real hub.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

TOKEN = "0123456789abcdef"


@dataclass
class StubHub:
    """The state of the stand-in, for tests to set and to look at."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    people: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Method and path (an account's name left out) → the answer about approval, logins …"""
    servers: dict[str, str] = field(default_factory=dict)
    """``OWNER/SERVER`` → ``ready``, ``stopped`` or ``stopping``."""
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    steps: tuple[str, ...] = ("Creating the container", "Starting the container")
    start_failure: tuple[int, str] | None = None
    """Status and message by which a start's own request fails."""
    late_failure: str | None = None
    """Message by which a start fails after its request has been answered."""
    earlier_failure: str | None = None
    """What the progress of a server tells until a start is under way."""
    stop_polls: int = 0
    """How often a stopping server is still seen stopping."""
    page: bytes | None = None
    """What the proxy answers where the hub is gone."""
    port: int = 0

    def mentioned(self, method: str) -> list[str]:
        return [path for called, path, _ in self.requests if called == method]


class _Handler(BaseHTTPRequestHandler):
    hub: StubHub

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def do_PATCH(self) -> None:
        self._handle("PATCH")

    def do_DELETE(self) -> None:
        self._handle("DELETE")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def _handle(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        path = self.path.removeprefix("/hub/api/")
        self.hub.requests.append((method, path, body))
        if self.hub.page is not None:
            self._send(503, self.hub.page, "text/html")
        elif self.headers.get("Authorization") != f"token {TOKEN}":
            self._fail(403, "Forbidden")
        else:
            parts = [unquote(part) for part in path.split("/")]
            if parts[0] in ("invitations", "logins") or (
                len(parts) == 3 and parts[0] == "accounts"
            ):
                self._people(method, parts, body)
            elif parts[0] == "accounts":
                self._accounts(method, parts[1:], body)
            elif parts[0].partition("?")[0] == "groups":
                self._groups(method, parts, body)
            elif parts[2] == "tokens":
                self._tokens(parts[1], body)
            else:
                self._server(method, parts, body)

    def _accounts(self, method: str, parts: list[str], body: Any) -> None:
        if method == "GET":
            self._json(200, list(self.hub.accounts.values()))
        elif method == "POST" and body["name"] in self.hub.accounts:
            self._fail(409, "There is an account of that name.")
        elif method == "POST":
            self.hub.accounts[body["name"]] = {**body, "state": "active", "created": "2026"}
            self._json(201, {"name": body["name"]})
        elif parts[0] not in self.hub.accounts:
            self._fail(404, "no such account")
        elif method == "PATCH":
            self.hub.accounts[parts[0]].update(body)
            self._json(200, {})
        else:
            del self.hub.accounts[parts[0]]
            self._send(204, b"")

    def _people(self, method: str, parts: list[str], body: Any) -> None:
        known = parts[0] != "accounts" or parts[1] in self.hub.accounts
        answer = self.hub.people.get((method, "/".join((parts[0], *parts[2:]))))
        if not known or answer is None:
            self._fail(404, "Not Found")
        else:
            self._json(200, answer)

    def _groups(self, method: str, parts: list[str], body: Any) -> None:
        groups = self.hub.groups
        if len(parts) == 1:
            self._json(200, [{"name": name, "users": names} for name, names in groups.items()])
        elif len(parts) == 2 and parts[1] in groups:
            self._fail(409, f"Group {parts[1]} already exists")
        elif len(parts) == 2:
            groups[parts[1]] = []
            self._json(201, {"name": parts[1], "users": []})
        elif method == "POST":
            groups[parts[1]] = sorted({*groups[parts[1]], *body["users"]})
            self._json(200, {})
        else:
            groups[parts[1]] = [name for name in groups[parts[1]] if name not in body["users"]]
            self._json(200, {})

    def _tokens(self, user: str, body: Any) -> None:
        if user not in self.hub.accounts:
            self._fail(403, f"Service {user} not found or no permissions to generate tokens")
        else:
            self._json(201, {"token": "fresh", "user": user, "hashed": "secret", **body})

    def _server(self, method: str, parts: list[str], body: Any) -> None:
        progress = parts[-1] == "progress"
        rest = parts[2 : -1 if progress else None]
        key = f"{parts[1]}/{rest[1] if len(rest) > 1 else ''}"
        if parts[1] not in self.hub.accounts:
            self._fail(404, "Not Found")
        elif progress:
            self._progress(key)
        elif method == "POST":
            self._start(key)
        elif method == "GET" and key in self.hub.servers:
            self._pending(key)
        elif method == "DELETE" and key in self.hub.servers:
            self._stop(key, bool((body or {}).get("remove")))
        else:
            self._fail(404, "no such server")

    def _start(self, key: str) -> None:
        if self.hub.servers.get(key) == "ready":
            self._fail(400, f"{key} is already running")
        elif self.hub.start_failure is not None:
            self._fail(*self.hub.start_failure)
        else:
            if self.hub.earlier_failure is not None:
                # The progress is asked for before this start is under way.
                time.sleep(0.3)
            self.hub.servers[key] = "starting"
            self._send(202, b"", "text/plain")

    def _progress(self, key: str) -> None:
        under_way = self.hub.servers.get(key) == "starting"
        if not under_way and self.hub.earlier_failure is None:
            self._fail(400, f"{key} is not starting...")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        events: list[dict[str, Any]] = [
            {"progress": 10, "message": step} for step in self.hub.steps
        ]
        if not under_way:
            events = [{"progress": 100, "failed": True, "message": self.hub.earlier_failure}]
        elif self.hub.late_failure is None:
            self.hub.servers[key] = "ready"
            events.append({"progress": 100, "ready": True, "message": "ready"})
        else:
            self.hub.servers[key] = "stopped"
            events.append({"progress": 100, "failed": True, "message": self.hub.late_failure})
        self.wfile.write(b"\n\n")
        for event in events:
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())

    def _stop(self, key: str, remove: bool) -> None:
        slow = self.hub.stop_polls > 0
        self.hub.servers[key] = "stopping" if slow else "stopped"
        if remove and not slow:
            del self.hub.servers[key]
        self._send(202 if slow else 204, b"")

    def _pending(self, key: str) -> None:
        self.hub.stop_polls -= 1
        if self.hub.stop_polls <= 0:
            self.hub.servers[key] = "stopped"
        self._json(200, {"pending": "stop" if self.hub.stop_polls > 0 else None})

    def _json(self, status: int, data: Any) -> None:
        self._send(status, json.dumps(data).encode())

    def _fail(self, status: int, message: str) -> None:
        self._json(status, {"status": status, "message": message})

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_hub() -> Iterator[StubHub]:
    """Serve a stand-in for the hub on a port of its own."""
    hub = StubHub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield hub
        server.shutdown()
