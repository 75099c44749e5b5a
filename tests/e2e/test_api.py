"""The API on the real stack: accounts, keys that outlive it, a workspace's own token."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.conftest import REPOSITORY, Stack, docker
from tests.support import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.engine, pytest.mark.timeout(600)]

SECONDS = 120.0


@dataclass
class Lab:
    """A stack, and calls with a token of each member's."""

    stack: Stack
    tokens: dict[str, str] = field(default_factory=dict)

    def call(
        self, who: str, method: str, path: str, body: object = None, key: str | None = None
    ) -> httpx.Response:
        """Call the portal's API through the proxy."""
        if who not in self.tokens:
            self.tokens[who] = self.stack.token("" if who == "admin" else who)
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.stack.api(self.tokens[who], method, path, body, headers)

    def hub(self, method: str, path: str, body: object) -> None:
        """Ask the hub itself, as the command line does."""
        root = Path(self.stack.environ["WORKSPACE_ROOT"])
        token = (root / "hub" / "api-token").read_text(encoding="ascii").strip()
        url, headers = f"{self.stack.url}/hub/api{path}", {"Authorization": f"token {token}"}
        httpx.request(method, url, json=body, headers=headers, timeout=60).raise_for_status()

    def state(self, who: str, name: str) -> str:
        """Return a workspace's state."""
        answer = self.call(who, "GET", f"workspaces/{who}/{name}")
        return str(answer.json().get("state")) if answer.status_code == 200 else ""


@pytest.fixture(scope="module")
def lab(stack: Stack) -> Lab:
    stack.add_member("kim")
    return Lab(stack)


def test_people_come_in_by_invitation_and_by_approval(lab: Lab) -> None:
    made = lab.call("admin", "POST", "invitations", {"groups": ["nlp"]}, key="invite-1")
    assert made.status_code == 201, made.text
    assert "/hub/signup#" in made.json()["link"]
    again = lab.call("admin", "POST", "invitations", {"groups": ["nlp"]}, key="invite-1")
    assert again.json() == {**made.json(), "link": None}
    listed = lab.call("admin", "GET", "invitations").json()["items"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    waiting = {"name": "park", "password": secrets.token_urlsafe(12), "state": "pending"}
    lab.hub("POST", "/accounts", waiting)
    assert [
        one["name"] for one in lab.call("admin", "GET", "people?state=pending").json()["items"]
    ] == ["park"]
    approved = lab.call("admin", "POST", "people/park/approve")
    assert approved.json()["state"] == "active", approved.text
    assert lab.call("kim", "GET", "people").status_code == 403
    done = {one["action"] for one in lab.call("admin", "GET", "audit").json()["items"]}
    assert {"account-invite", "account-approve"} <= done


def test_an_announcement_is_made_once_and_withdrawn(lab: Lab) -> None:
    body = {"text": "Tonight.", "korean": "오늘 밤.", "ends": "2099-01-01T00:00:00Z"}
    assert lab.call("admin", "POST", "announcements", body).status_code == 422, "too far away"
    soon = datetime.now(UTC) + timedelta(hours=1)
    body = {**body, "ends": soon.isoformat()}
    made = [lab.call("admin", "POST", "announcements", body, key="tell-1") for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    (told,) = lab.call("kim", "GET", "announcements").json()["items"]
    assert told == made[0].json() == made[1].json()
    assert lab.call("kim", "DELETE", f"announcements/{told['id']}").status_code == 403
    assert lab.call("admin", "DELETE", f"announcements/{told['id']}").status_code == 204


def test_a_start_is_done_once_though_the_portal_restarts_in_between(lab: Lab) -> None:
    path = "workspaces/kim/default"
    first = lab.call("kim", "POST", f"{path}/start", {}, key="start-1")
    assert first.status_code == 202, first.text
    eventually(lambda: lab.state("kim", "default") == "running", SECONDS)
    assert lab.call("kim", "POST", f"{path}/stop", key="stop-1").status_code == 202
    eventually(lambda: lab.state("kim", "default") == "stopped", SECONDS)
    docker("restart", "labdock-portal")
    eventually(lambda: lab.state("kim", "default") == "stopped", SECONDS)
    again = lab.call("kim", "POST", f"{path}/start", {}, key="start-1")
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = lab.call("kim", "POST", f"{path}/start", {"options": {"cpus": "1"}}, key="start-1")
    assert other.status_code == 409
    assert lab.state("kim", "default") == "stopped"
    assert lab.call("kim", "POST", f"{path}/start", {}, key="start-2").status_code == 202
    eventually(lambda: lab.state("kim", "default") == "running", SECONDS)


def test_a_workspaces_own_token_reads_and_steers_nothing(lab: Lab) -> None:
    eventually(lambda: lab.state("kim", "default") == "running", SECONDS)
    inside = secret_of(docker("ps", "-q", "--filter", "label=labdock.owner=kim").split()[0])
    lab.tokens["inside"] = inside
    shown = lab.call("inside", "GET", "account").json()
    assert shown["name"] == "kim"
    assert lab.call("inside", "GET", "workspaces").status_code == 200
    for method, path, body in (
        ("POST", "workspaces/kim/default/stop", None),
        ("POST", "workspaces/kim/other/start", {}),
        ("POST", "account/tokens", {}),
        ("GET", "account/sessions", None),
        ("POST", "announcements", {"text": "x", "ends": "2099-01-01T00:00:00Z"}),
        ("GET", "people", None),
        ("GET", "metrics", None),
    ):
        refused = lab.call("inside", method, path, body)
        assert refused.status_code == 403, (path, refused.text)
        assert refused.headers["content-type"] == "application/problem+json"
        assert inside not in refused.text
    assert lab.state("kim", "default") == "running"


def test_tokens_are_made_with_few_scopes_and_revoked(lab: Lab) -> None:
    scopes = ["access:services!service=portal", "servers!user"]
    made = lab.call("kim", "POST", "account/tokens", {"note": "ci", "scopes": scopes})
    assert made.status_code == 201, made.text
    lab.tokens["ci"] = made.json()["token"]
    assert lab.call("ci", "GET", "workspaces").status_code == 200
    assert lab.call("ci", "GET", "account/tokens").status_code == 403
    assert lab.call("kim", "DELETE", f"account/tokens/{made.json()['id']}").status_code == 204
    listed = lab.call("kim", "GET", "account/tokens").json()["items"]
    assert made.json()["id"] not in {one["id"] for one in listed}


def test_prometheus_reads_what_the_example_configuration_names(lab: Lab) -> None:
    text = (REPOSITORY / "docs" / "admin.md").read_text(encoding="utf-8")
    example = text.partition("scrape_configs:")[2].partition("```")[0]
    paths = re.findall(r"^ +metrics_path: (\S+)$", example, re.MULTILINE)
    assert len(paths) == example.count("job_name:") == 2
    scopes = ["read:metrics", "access:services!service=portal"]
    made = lab.call("admin", "POST", "account/tokens", {"note": "prometheus", "scopes": scopes})
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    names = set()
    for path in paths:
        answer = httpx.get(f"{lab.stack.url}{path}", headers=headers, timeout=60)
        assert answer.status_code == 200, path
        names |= {family.name for family in text_string_to_metric_families(answer.text)}
    wanted = {"labdock_workspaces", "labdock_hub_up", "labdock_portal_request_seconds"}
    assert wanted <= names
    assert any(name.startswith("jupyterhub_") for name in names)


def secret_of(container: str) -> str:
    """Return the token that a workspace's own server holds."""
    found: dict[str, str] = json.loads(
        docker("exec", container, "cat", "/run/labdock/environment.json")
    )
    return found["JUPYTERHUB_API_TOKEN"]
