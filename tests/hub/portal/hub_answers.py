"""What the stand-in for the hub answers where a test says nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

AT = "2026-12-01T09:00:00+00:00"
INVITATION = {
    "id": "0" * 12, "created": AT, "created_by": "root", "expires": AT, "uses": 1, "uses_left": 1,
    "groups": [], "note": "",
}  # fmt: skip
SHARE = {
    "id": "0" * 32, "owner": "kim", "workspace": "nlp", "port": 6006, "with": "park",
    "created": 1.8e9, "ends": 1.9e9, "url": "/hub/shared/kim/nlp/6006/",
}  # fmt: skip
RESERVATION = {
    "id": "0" * 8, "gpus": ["GPU-1"], "group": "nlp", "owner": None, "begins": 1.8e9,
    "ends": 1.9e9, "made_by": "root", "note": "",
}  # fmt: skip


def account(name: str, state: str = "active") -> dict[str, Any]:
    """Return an account as the hub's API tells it."""
    return {
        "name": name, "state": state, "admin": name == "root", "about": "", "created": AT,
        "password_changed": AT,
    }  # fmt: skip


def token(token_id: str = "a1") -> dict[str, Any]:
    """Return a token as JupyterHub's API tells it."""
    return {
        "id": token_id, "kind": "api_token", "note": "script", "scopes": ["self"],
        "created": AT, "expires_at": None, "last_activity": None, "oauth_client": "JupyterHub",
    }  # fmt: skip


def departure(name: str, state: str) -> dict[str, Any]:
    """Return what a member leaves behind as the hub's API tells it."""
    return {
        "name": name, "home": True, "workspaces": ["default"], "environments": [], "gpus": 0,
        "ports_shared": 0, "profiles": 0, "reservations": [], "state": state, "done": [],
        "failed": "",
    }  # fmt: skip


USUAL: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", r"/accounts", lambda: [account(one) for one in ("kim", "lee", "park", "root")]),
    ("POST", r"/accounts", lambda: {**account("new"), "password": "made-for-new"}),
    ("GET", r"/logins", lambda: {"waiting": [], "second_factors": []}),
    ("GET", r"/accounts/([^/]+)/departure", lambda name: departure(name, "stays")),
    ("POST", r"/accounts/([^/]+)/departure", lambda name: departure(name, "leaving")),
    ("POST", r"/accounts/([^/]+)/reset-link", lambda name: {"name": name, "path": "/hub/reset#x"}),
    ("POST", r"/accounts/([^/]+)/([a-z-]+)", lambda name, _action: {"name": name}),
    ("POST", r"/invitations", lambda: {**INVITATION, "token": "t", "path": "/hub/signup#t"}),
    ("GET", r"/invitations", lambda: [INVITATION]),
    ("POST", r"/groups/([^/]+)", lambda name: {"name": name, "users": []}),
    ("POST", r"/groups/([^/]+)/users", lambda name: {"name": name, "users": ["kim"]}),
    ("DELETE", r"/groups/([^/]+)/users", lambda name: {"name": name, "users": []}),
    ("GET", r"/users/([^/]+)/tokens", lambda _name: {"api_tokens": [token()]}),
    ("POST", r"/users/([^/]+)/tokens", lambda _name: {**token("a2"), "token": "made"}),
    ("GET", r"/way-back/.*", lambda: {"way_back": None}),
    ("GET", r"/ports/([^/]+)", lambda _name: {"workspaces": [], "shares": [SHARE]}),
    ("POST", r"/port-shares/([^/]+)", lambda _name: SHARE),
    ("GET", r"/reservations", lambda: [RESERVATION]),
    ("POST", r"/reservations", lambda: RESERVATION),
    ("POST", r"/idle/.*", lambda: {"message": "The workspace keeps running."}),
)


def usual(method: str, path: str) -> Any:
    """Return what the hub usually answers."""
    for of, pattern, answer in USUAL:
        if of == method and (found := re.fullmatch(pattern, path)):
            return answer(*found.groups())
    return [] if method == "GET" else None
