"""Every route × every kind of caller, generated from the routes so that none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from hub.portal.access import ADMINS, EVERYBODY, MEMBERS, TEACHERS
from hub.portal.app import ROUTERS, build
from hub.portal.portal import API, PREFIX
from tests.hub.portal.conftest import Stage

CALLERS = {"nobody": None, "member": "kim", "instructor": "lee", "admin": "root"}
ALLOWED = {
    EVERYBODY: set(CALLERS),
    MEMBERS: {"member", "instructor", "admin"},
    TEACHERS: {"instructor", "admin"},
    ADMINS: {"admin"},
}

BODIES: dict[str, dict[str, object]] = {
    "submissions": {"lesson": "c2-loss", "exercises": {"mse": ""}},
    "people": {"name": "new"},
    "notices": {"text": "Soon.", "workspaces": ["nobody/nothing"]},
    "environments-prune": {"references": ["labdock/nobody/nothing:v1"]},
    "openings": {"repository": "https://github.com/our-lab/course", "workspace": "none"},
    "workspaces-actions": {"action": "stop", "workspaces": ["kim/nlp"]},
    "announcements": {"text": "Tonight.", "ends": "2027-03-01T09:00:00Z"},
    "reservations": {"gpus": "1", "group": "nlp", "ends": "2027-03-01T09:00:00Z"},
    "{owner}": {"workspace": "nlp", "port": 6006, "member": "park"},
}
"""What is posted to a route of the API, by the end of its path."""


@dataclass(frozen=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    audience: str
    page: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes() -> Iterator[Route]:
    """Yield every route of the portal."""
    for prefix, router in ROUTERS:
        for route in router.routes:
            yield from methods(prefix, route, page=prefix == PREFIX)


def methods(prefix: str, route: BaseRoute, page: bool) -> Iterator[Route]:
    """Yield a route's methods; each says whom it is for."""
    assert isinstance(route, APIRoute), route
    audience = (route.openapi_extra or {}).get("x-labdock-for", "nobody has said")
    for method in sorted(route.methods or ()):
        yield Route(method, prefix + route.path, audience, page)


TABLE = list(routes())
PLACES = {
    "submission_id": "0" * 32,
    "owner": "kim",
    "name": "nlp",
    "action": "stop",
    "notice": "0" * 32,
    "answer": "dismiss",
    "announcement": "0" * 16,
    "opening_id": "0" * 32,
    "group": "nlp",
    "invitation": "0" * 12,
    "session": "0" * 12,
    "token_id": "a1",
    "reservation": "0" * 8,
    "share_id": "0" * 32,
}
"""What stands in a path where a route has a name."""


def ask(
    stage: Stage, route: Route, who: str | None, more: dict[str, str] | None = None
) -> httpx.Response:
    path = route.path
    if "/people/" in path:
        path = path.replace("{action}", "approve")
    for name, value in PLACES.items():
        path = path.replace(f"{{{name}}}", value)
    json = (
        BODIES.get(route.path.rpartition("/")[2], {}) if route.method in ("POST", "PATCH") else None
    )
    token = f"token-{who}" if who else None
    if route.page:
        cookies = {"Cookie": f"labdock-portal={token}"} if token else {}
        form = (
            {"_xsrf": stage.portal.xsrf.token(token or "")}
            if route.method in ("POST", "PATCH")
            else None
        )
        return stage.client.request(route.method, path, headers=cookies, data=form)
    headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **(more or {})}
    if path.endswith("/events"):
        # It never ends by itself.
        with stage.client.stream(route.method, path, headers=headers) as answer:
            return answer
    return stage.client.request(route.method, path, headers=headers, json=json)


def test_an_application_has_no_route_beside_the_table(stage: Stage) -> None:
    paths = {route.path for route in TABLE}
    assert {f"{API}/lessons/class", f"{PREFIX}/lessons", f"{API}/health"} <= paths
    others = [one for one in build(stage.portal).routes if hasattr(one, "path")]
    assert [one.path for one in others] == [f"{API}/openapi.json"]


@pytest.mark.parametrize("route", TABLE, ids=str)
def test_every_route_says_whom_it_is_for(route: Route) -> None:
    assert route.audience in ALLOWED


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", TABLE, ids=str)
def test_a_route_answers_those_it_is_for_and_nobody_else(
    stage: Stage, route: Route, caller: str
) -> None:
    answer = ask(stage, route, CALLERS[caller])
    assert answer.status_code < 500
    if route.path.endswith("/oauth_callback"):
        assert answer.status_code == 401  # no login was begun
    elif caller in ALLOWED[route.audience]:
        # A form that nobody has filled in is one that may be sent.
        empty = route.page and route.method == "POST"
        assert answer.status_code in (200, 201, 202, 204, 302, 404, *((422,) if empty else ()))
        assert "/oauth2/authorize" not in answer.headers.get("location", "")
    elif caller == "nobody" and route.page:
        assert answer.headers["location"].startswith("/hub/api/oauth2/authorize?")
    else:
        assert answer.status_code == (401 if caller == "nobody" else 403)


@pytest.mark.parametrize("route", [one for one in TABLE if not one.page], ids=str)
def test_a_token_that_is_not_for_the_portal_opens_nothing_but_health(
    stage: Stage, route: Route
) -> None:
    stage.hub.scopes["kim"] = ["access:servers!server=kim/", "users:activity!user=kim"]
    expected = 200 if route.audience == EVERYBODY else 403
    assert ask(stage, route, "kim").status_code == expected


def test_openapi_names_every_route_of_the_api(stage: Stage) -> None:
    described = stage.client.get(f"{API}/openapi.json").json()["paths"]
    assert {(path, method.upper()) for path, found in described.items() for method in found} == {
        (route.path.replace(":path}", "}"), route.method) for route in TABLE if not route.page
    }
