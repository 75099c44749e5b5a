"""What holds for the whole API, read from its own description: a new route cannot forget it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hub.portal.app import ROUTERS
from hub.portal.idempotency import HEADER, SECRETS
from hub.portal.once import REPLAYED, WRITES
from hub.portal.portal import API, PREFIX
from tests.hub.portal.conftest import Stage
from tests.hub.portal.test_routes import TABLE, Route, ask

BOUNDED = {
    "gpus": "as many as the machine has",
    "gpus/history": "a figure for each GPU of the machine",
    "queue": "no more than workspaces that may wait, and its order is what it tells",
    "lab/profiles": "those that admins offer",
    "profiles": "twenty of one's own and those of the lab",
    "lessons/progress": "the lessons of the course",
    "environments/{reference}/grants": "those whom one environment is shared with",
    "environments/{reference}/history": "the tree of one environment",
}
"""Lists that come in one piece, and why they are never long."""
TOLD_ONCE = re.compile(r"token|password|secret|link|code")
NO_SECRETS = {"password_changed"}


@dataclass(frozen=True)
class Operation:
    """One operation of the API as its description has it."""

    method: str
    path: str
    model: dict[str, Any]
    schema: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.model.get("parameters", ())}

    def answer(self) -> dict[str, Any]:
        """Return the fields of what it answers when all is well, {} where it is no object."""
        for status, told in self.model["responses"].items():
            if status.startswith("2"):
                found = told.get("content", {}).get("application/json", {}).get("schema", {})
                return self._fields(found)
        return {}

    def _fields(self, found: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in found:
            name = found["$ref"].rpartition("/")[2]
            found = self.schema["components"]["schemas"][name]
        fields: dict[str, Any] = found.get("properties", {})
        return fields


@pytest.fixture
def operations(stage: Stage) -> list[Operation]:
    schema = stage.client.get(f"{API}/openapi.json").json()
    return [
        Operation(method.upper(), path.removeprefix(f"{API}/"), model, schema)
        for path, found in schema["paths"].items()
        for method, model in found.items()
    ]


def test_every_list_comes_in_pages_or_says_why_it_does_not(operations: list[Operation]) -> None:
    lists = {
        one.path: one
        for one in operations
        if one.method == "GET"
        and any(field.get("type") == "array" for field in one.answer().values())
        and not one.path.endswith("}")
    }
    known = {"account", "people/{name}/departure", "workspaces/{owner}/{name}/way-back"}
    assert len(lists) > 15
    for path, one in lists.items():
        if path in BOUNDED or path in known:
            continue
        assert "next" in one.answer(), path
        assert {"after", "before"} & set(one.parameters), path
        assert one.parameters["limit"]["schema"]["maximum"] <= 200, path
    assert set(BOUNDED) <= {one.path for one in operations}


def test_every_write_takes_a_key_and_no_other_does(operations: list[Operation]) -> None:
    for one in operations:
        assert (HEADER in one.parameters) == (one.method in WRITES), str(one)
        if one.method in WRITES:
            assert {"409", "422"} <= set(one.model["responses"]), str(one)


def test_what_a_write_tells_once_is_what_is_never_kept(operations: list[Operation]) -> None:
    told = {
        name
        for one in operations
        if one.method in WRITES
        for name in one.answer()
        if TOLD_ONCE.search(name) and name not in NO_SECRETS
    }
    assert told == SECRETS


def test_every_operation_says_what_its_failures_look_like(operations: list[Operation]) -> None:
    for one in operations:
        for status, answer in one.model["responses"].items():
            if status.startswith(("4", "5")):
                assert list(answer["content"]) == ["application/problem+json"], f"{one} {status}"


def writes() -> Iterator[Route]:
    for route in TABLE:
        if not route.page and route.method in WRITES:
            yield route


@pytest.mark.parametrize("route", list(writes()), ids=str)
def test_a_write_that_is_sent_again_with_its_key_is_done_once(stage: Stage, route: Route) -> None:
    headers = {HEADER: "once"}
    first = ask(stage, route, "root", headers)
    done = list(stage.hub.calls), list(stage.hub.servers)
    again = ask(stage, route, "root", headers)
    assert again.status_code == first.status_code
    if first.status_code < 400:
        assert again.headers[REPLAYED] == "true"
        assert shown(again) == shown(first)
        asked = [one for one in stage.hub.calls[len(done[0]) :] if one[0] != "GET"]
        assert (asked, stage.hub.servers) == ([], done[1])
    else:
        assert REPLAYED not in again.headers


def shown(answer: httpx.Response) -> object:
    """Return what an answer says, without what is told once."""
    if not answer.content:
        return None
    found = answer.json()
    hidden = dict.fromkeys(SECRETS & set(found))
    return {**found, **hidden}


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "nothing/of/the/kind", 404),
        ("GET", "people", 401),
        ("TRACE", "health", 405),
        ("POST", "health", 405),
        ("POST", "lessons/submissions", 413),
        ("GET", "workspaces?limit=1000", 422),
    ],
)
def test_every_failure_is_a_problem(stage: Stage, method: str, path: str, status: int) -> None:
    body = b"x" * 1_100_000 if status == 413 else None
    answer = stage.call(method, path, None if status == 401 else "kim", content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], bool(told["title"]), bool(told["detail"])) == (status, True, True)
    assert told["detail"] != told["title"]


ACT = "POST workspaces/{owner}/{name}/{action}"
PAGES = {
    "environments/delete": "DELETE environments/{reference}",
    "environments/pin": "PUT environments/{reference}/pin",
    "environments/share": "PUT environments/{reference}/grants/{recipient}",
    "environments/use": "POST workspaces/{owner}/{name}/rollback",
    "lab/act": "POST workspaces-actions",
    "lab/announcements": "POST announcements",
    "lab/announcements/{announcement}/withdraw": "DELETE announcements/{announcement}",
    "lab/images/prune": "POST environments-prune",
    "lab/images/trust": "PUT environments/{reference}/trust",
    "lab/remove": "POST workspaces-actions",
    "lab/tell": "POST notices",
    "notices/{notice}/{answer}": "POST notices/{notice}/{answer}",
    "open": "POST openings",
    "profiles/change": "PUT profiles/{name}",
    "profiles/delete": "DELETE profiles/{name}",
    "profiles/first": "PUT profiles/{name}/first",
    "profiles/new": "PUT profiles/{name}",
    "workspaces/new": "POST workspaces/{owner}/{name}/start",
    "workspaces/{owner}/{name}/save": "POST workspaces/{owner}/{name}/environments",
    "workspaces/{owner}/{name}/{action}": ACT,
}
"""What a form of the portal's pages does → the operation of the API that does the same."""
HUBS_PAGES = {
    "account: end a login": "DELETE account/sessions/{session}",
    "disk: measure": "POST disk",
    "groups: make": "PUT groups/{group}",
    "groups: put in": "PUT groups/{group}/members/{name}",
    "groups: remove": "DELETE groups/{group}",
    "groups: take out": "DELETE groups/{group}/members/{name}",
    "leave: begin": "POST people/{name}/departure",
    "people: add": "POST people",
    "people: approve, deny, unlock, links, passwords, factors": "POST people/{name}/{action}",
    "people: disable, make an admin": "PATCH people/{name}",
    "people: end a login": "DELETE people/{name}/sessions/{session}",
    "people: end an invitation": "DELETE invitations/{invitation}",
    "people: invite": "POST invitations",
    "people: remove": "DELETE people/{name}",
    "ports: share": "POST port-shares/{owner}",
    "ports: withdraw": "DELETE port-shares/{owner}/{share_id}",
    "spawn: extend": "POST workspaces/{owner}/{name}/extend",
    "spawn: leave the line": "DELETE workspaces/{owner}/{name}/queue",
    "spawn: start": "POST workspaces/{owner}/{name}/start",
    "spawn: way back": "GET workspaces/{owner}/{name}/way-back",
    "token: make": "POST account/tokens",
    "token: revoke": "DELETE account/tokens/{token_id}",
}
"""The same of the hub's pages."""


def test_what_the_pages_do_the_api_does(operations: list[Operation]) -> None:
    known = {str(one) for one in operations}
    assert {*PAGES.values(), *HUBS_PAGES.values()} <= known
    forms = {
        route.path.removeprefix(f"{PREFIX}/")
        for route in TABLE
        if route.page and route.method == "POST"
    }
    assert forms == set(PAGES), "say which operation of the API does what each form does"


def test_there_is_a_router_for_all_of_it() -> None:
    assert {prefix for prefix, _ in ROUTERS} == {API, PREFIX}
