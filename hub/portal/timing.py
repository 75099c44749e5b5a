"""How long the portal takes to answer, by route: for Prometheus."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.portal.portal import API, PREFIX

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds; a page of workspaces is to come within 0.1."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
NO_ROUTE = "none"


class Times:
    """The figures of one portal: in a registry of their own, so that tests share none."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "labdock_portal_request_seconds",
            "Time until the portal begins to answer",
            ("method", "route"),
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.answers = Counter(
            "labdock_portal_requests",
            "Requests that the portal has answered",
            ("method", "route", "status"),
            registry=self.registry,
        )

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        known = method if method in METHODS else "other"
        self.seconds.labels(known, route).observe(seconds)
        self.answers.labels(known, route, str(status)).inc()


class Timing:
    """Measures every request until its answer begins: a stream of events ends when a page does."""

    def __init__(self, app: ASGIApp, times: Times) -> None:
        self._app = app
        self._times = times

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                self._note(scope, status, time.perf_counter() - begun)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception:
            # What answers with a 500 stands around us.
            if not status:
                self._note(scope, 500, time.perf_counter() - begun)
            raise

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        self._times.note(str(scope["method"]), _route(scope), status, seconds)


def _route(scope: Scope) -> str:
    """Return the route as it is written, never the address: there is no end of those."""
    path = getattr(scope.get("route"), "path", None)
    if path is None:
        return NO_ROUTE
    # The framework tells it without what its router was included under.
    prefix = API if scope["path"].startswith(f"{API}/") else PREFIX
    return f"{prefix}{str(path).removeprefix(prefix)}"
