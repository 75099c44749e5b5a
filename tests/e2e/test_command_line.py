"""The admin's command line on the real stack: what the browser makes, it steers."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.e2e.conftest import Stack

pytestmark = pytest.mark.e2e


def call_hub(
    stack: Stack, token: str, method: str, path: str, body: object = None
) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{stack.url}/hub/api{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            content = answer.read()
    except urllib.error.HTTPError as exc:
        return exc.code, None
    return answer.status, json.loads(content) if content else None


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    return shared_stack


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    """A member's own API token."""
    stack.add_member("commanded")
    shown = stack.workspace("token", "--user", "commanded", "--expires", "1h", "--note", "test")
    return shown.stdout.strip()


@pytest.fixture(scope="module")
def server(stack: Stack, token: str) -> str:
    """A workspace that the hub made, up."""
    status, _ = call_hub(
        stack, token, "POST", "/users/commanded/servers/two", {"image": "labdock/base"}
    )
    assert status in (201, 202)
    deadline = time.monotonic() + 60
    while not hub_says(stack, token, "two").get("ready"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return "commanded/two"


def hub_says(stack: Stack, token: str, server: str) -> dict[str, Any]:
    _, user = call_hub(stack, token, "GET", "/users/commanded")
    return dict(user["servers"].get(server, {}))


def test_token_is_the_members_own(stack: Stack, token: str) -> None:
    status, user = call_hub(stack, token, "GET", "/user")
    assert (status, user["name"]) == (200, "commanded")
    assert call_hub(stack, token, "GET", "/users")[0] == 403


def test_hub_workspace_is_listed_and_entered(stack: Stack, server: str) -> None:
    (row,) = [r for r in stack.json("ls") if r["reference"] == server]
    assert row["kind"] == "hub"
    assert row["address"] == f"{stack.url}/user/commanded/two/"
    assert stack.workspace("exec", server, "id", "-un").stdout == "member\n"
    shown = stack.workspace("show", server, "--json").stdout
    assert "JUPYTERHUB_API_TOKEN" not in shown
    assert json.loads(shown)["limits"]["pids"]


def test_stop_and_start_are_known_to_the_hub(stack: Stack, token: str, server: str) -> None:
    stack.workspace("exec", "-u", "root", server, "touch", "/opt/installed")
    stack.workspace("stop", server)
    assert not hub_says(stack, token, "two").get("ready")
    started = stack.workspace("start", server)
    assert f"{stack.url}/user/commanded/two/" in started.stdout
    assert hub_says(stack, token, "two")["ready"]
    stack.workspace("start", server)
    stack.workspace("restart", server)
    assert hub_says(stack, token, "two")["ready"]
    assert stack.workspace("exec", server, "ls", "/opt/installed").stdout


def test_rm_lets_the_hub_forget_and_keeps_the_home(stack: Stack, token: str, server: str) -> None:
    stack.workspace("exec", server, "touch", "/workspace/thesis")
    stack.workspace("rm", "--force", server)
    assert hub_says(stack, token, "two") == {}
    assert server not in [row["reference"] for row in stack.json("ls", "-a")]
    call_hub(stack, token, "POST", "/users/commanded/server", {"image": "labdock/base"})
    deadline = time.monotonic() + 60
    while not hub_says(stack, token, "").get("ready"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "thesis" in stack.workspace("exec", "commanded/default", "ls", "/workspace").stdout
    stack.workspace("rm", "--force", "--purge", "commanded/default")


def test_a_removed_account_takes_its_token_along(stack: Stack) -> None:
    stack.add_member("leaver")
    token = stack.token("leaver")
    assert call_hub(stack, token, "GET", "/user")[0] == 200
    stack.workspace("users", "rm", "leaver")
    assert call_hub(stack, token, "GET", "/user")[0] in (401, 403)
    assert stack.workspace("token", "--user", "leaver", check=False).returncode == 3


def test_a_group_is_made_joined_and_left(stack: Stack) -> None:
    stack.add_member("joiner")
    stack.workspace("users", "join", "joiner", "vision")
    stack.workspace("users", "join", "joiner", "vision")
    token = stack.token("joiner")
    assert call_hub(stack, token, "GET", "/user")[1]["groups"] == ["vision"]
    assert "vision" in stack.workspace("users", "ls").stdout
    stack.workspace("users", "leave", "joiner", "vision")
    assert call_hub(stack, token, "GET", "/user")[1]["groups"] == []
    stack.workspace("users", "rm", "-f", "joiner")
