"""What a token may do, as the table in the documentation has it: each cell is tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.hub.portal.conftest import SCOPE, Stage, all_scopes
from tests.hub.portal.test_workspaces_api import lab
from workspace_cli.core import notices

__all__ = ["lab"]

DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"
TOKENS: dict[str, tuple[str, list[str]]] = {
    "all of a member's rights": ("kim", all_scopes("kim")),
    "`servers!user`": ("kim", [SCOPE, "servers!user=kim", "access:servers!user=kim"]),
    "a workspace's own": (
        "kim",
        [SCOPE, "access:servers!server=kim/", "users:activity!user=kim"],
    ),
    "only reads": ("kim", [SCOPE, "read:users!user=kim", "read:servers!user=kim"]),
    "all of an admin's rights": ("root", all_scopes("root")),
    "an admin's with `admin:users`": ("root", [SCOPE, "admin:users", "list:users"]),
    "an admin's with `read:metrics`": ("root", [SCOPE, "read:metrics"]),
    "without the portal": ("kim", ["servers!user=kim", "access:servers!user=kim"]),
}
"""Each kind of token of the table: whose it is, and its scopes as the hub expands them."""


def table() -> dict[str, dict[str, str]]:
    """Return the documentation's table: request → kind of token → yes or no."""
    text = DOCUMENT.read_text(encoding="utf-8").partition("## What a token may do")[2]
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    head, _rule, *cells = [[cell.strip() for cell in row] for row in rows[:13]]
    return {row[0].strip("`"): dict(zip(head[1:], row[1:], strict=True)) for row in cells}


TABLE = table()
FIELDS: dict[str, dict[str, Any]] = {
    "lessons/submissions": {"lesson": "c2-loss", "exercises": {"mse": ""}},
    "profiles/NAME": {"options": {"cpus": "1"}},
    "announcements": {"text": "Tonight.", "ends": "2027-03-01T09:00:00Z"},
}


def test_the_table_has_every_kind_of_token_and_enough_requests() -> None:
    assert len(TABLE) == 11
    assert all(set(row) == set(TOKENS) for row in TABLE.values())
    assert {cell for row in TABLE.values() for cell in row.values()} == {"yes", "no"}


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_may_do_what_the_documentation_says(lab: Stage, kind: str) -> None:
    name, scopes = TOKENS[kind]
    lab.hub.scopes[name] = scopes
    answered = {}
    for request in TABLE:
        method, _, path = request.partition(" ")
        host = lab.portal.host
        told = notices.tell(
            host.database, name, "default", "idle_warning", {"minutes": 1}, now=host.clock()
        )
        other = "park" if name == "kim" else "kim"
        real = path.replace("OWN", "kim/default").replace("OTHER", other)
        real = real.replace("NAME", "mine").replace("ID", told.id)
        json = FIELDS.get(path) if method in ("POST", "PUT") else None
        answered[request] = lab.call(method, real, name, json=json).status_code
    may = {request: _word(status) for request, status in answered.items()}
    expected = {request: row[kind] for request, row in TABLE.items()}
    assert may == expected, answered


def _word(status: int) -> str:
    assert status in (200, 201, 202, 204, 401, 403, 404), status
    return "yes" if status < 300 else "no"
