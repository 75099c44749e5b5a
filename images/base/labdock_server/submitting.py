"""A socket through which the member's `lessons submit` reaches the lab's portal.

The hub's token stays in this server. Whoever can open the socket is the member (it lies in a
folder that is theirs alone) and can hand in answers and read their verdicts, nothing else.
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
_PROBLEM = "application/problem+json"


class Submissions(web.RequestHandler):
    """Passes a submission, or a question after one, on to the portal with the server's token."""

    def initialize(self, token: str) -> None:
        """Take the hub's token."""
        self.token = token

    async def post(self, _number: str = "") -> None:
        """Hand answers in."""
        await self._pass_on("POST")

    async def get(self, _number: str) -> None:
        """Ask after a submission."""
        await self._pass_on("GET")

    async def _pass_on(self, method: str) -> None:
        # Here, not above: a server that stands by itself has no hub.
        from .hub_auth import fetch

        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        url = PORTAL + self.request.path
        body = self.request.body if method == "POST" else None
        try:
            reply = await fetch(
                url, method=method, headers=headers, data=body, raise_for_status=False
            )
        except OSError:
            self.set_status(503)
            self.set_header("Content-Type", _PROBLEM)
            detail = "The portal does not answer; try again in a minute."
            self.finish(json.dumps({"status": 503, "detail": detail}))
            return
        self.set_status(reply.status)
        self.set_header("Content-Type", reply.headers.get("Content-Type", "application/json"))
        self.finish(await reply.text())


def listen(server: Any, token: str, folder: str) -> None:
    """Open the socket in the member's runtime folder; without it the rest works all the same."""
    file = f"{folder}/{SOCKET}"
    options = {"token": token}
    routes = [(f"{SUBMISSIONS}(?:/([0-9A-Za-z_-]{{1,64}}))?", Submissions, options)]
    try:
        opened = bind_unix_socket(file, mode=0o600)
    except OSError as error:
        server.log.warning("Answers to lessons cannot be handed in: %s: %s", file, error)
        return
    HTTPServer(web.Application(routes), max_body_size=LARGEST).add_socket(opened)
