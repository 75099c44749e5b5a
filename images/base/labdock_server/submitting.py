"""A socket through which the member's `lessons` and `workspace` reach the lab's portal.

The hub's token stays in this server. Whoever can open the socket is the member (it lies in a
folder that is theirs alone); what they can ask for is in the list below, and the portal judges it.
"""

from __future__ import annotations

import json
from typing import Any

from tornado import web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket

PORTAL = "http://labdock-portal:8082/services/portal"
SUBMISSIONS = "/api/v1/lessons/submissions"
SOCKET = "labdock-portal.sock"
LARGEST = 2 << 20
SECONDS = 100.0
"""A look at what a save would keep reads much of it."""
_NAME = "[^/]{1,255}"
API = (
    r"/api/v1/environments(?:/.{1,600})?",
    rf"/api/v1/workspaces(?:/{_NAME}/{_NAME}(?:/[a-z]{{1,20}})?)?",
    r"/api/v1/operations/[0-9a-f]{32}",
    r"/api/v1/gpus",
)
"""What `workspace` asks for: paths of the portal's API."""
_PROBLEM = "application/problem+json"


class _Passing(web.RequestHandler):
    """Passes a request on to the portal with the server's token."""

    def initialize(self, token: str) -> None:
        """Take the hub's token."""
        self.token = token

    async def pass_on(self, method: str) -> None:
        # Here, not above: a server that stands by itself has no hub.
        from .hub_auth import fetch

        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        url = PORTAL + (self.request.uri or "")
        body = self.request.body if method in ("POST", "PUT") else None
        try:
            reply = await fetch(
                url,
                method=method,
                headers=headers,
                data=body,
                raise_for_status=False,
                seconds=SECONDS,
            )
        except OSError:
            self.set_status(503)
            self.set_header("Content-Type", _PROBLEM)
            detail = "The portal does not answer; try again in a minute."
            self.finish(json.dumps({"status": 503, "detail": detail}))
            return
        self.set_status(reply.status)
        if reply.status == 204:
            self.finish()
            return
        self.set_header("Content-Type", reply.headers.get("Content-Type", "application/json"))
        self.finish(await reply.text())


class Submissions(_Passing):
    """A submission, or a question after one."""

    async def post(self, _number: str = "") -> None:
        """Hand answers in."""
        await self.pass_on("POST")

    async def get(self, _number: str) -> None:
        """Ask after a submission."""
        await self.pass_on("GET")


class Asked(_Passing):
    """What `workspace` asks for."""

    async def get(self) -> None:
        """Look."""
        await self.pass_on("GET")

    async def post(self) -> None:
        """Save, start, extend."""
        await self.pass_on("POST")

    async def put(self) -> None:
        """Share."""
        await self.pass_on("PUT")

    async def delete(self) -> None:
        """Delete, or take back."""
        await self.pass_on("DELETE")


def listen(server: Any, token: str, folder: str) -> None:
    """Open the socket in the member's runtime folder; without it the rest works all the same."""
    file = f"{folder}/{SOCKET}"
    options = {"token": token}
    routes: list[Any] = [(f"{SUBMISSIONS}(?:/([0-9A-Za-z_-]{{1,64}}))?", Submissions, options)]
    routes += [(path, Asked, options) for path in API]
    try:
        opened = bind_unix_socket(file, mode=0o600)
    except OSError as error:
        server.log.warning(
            "`lessons submit` and `workspace` do not reach the lab: %s: %s", file, error
        )
        return
    HTTPServer(web.Application(routes), max_body_size=LARGEST).add_socket(opened)
