"""The same stack with the two things that a larger lab sets: TLS and PostgreSQL."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.conftest import Stack, docker, log_in, running_stack
from tests.hub import postgresql

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    request = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    files = ["-addext", names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*request.split(), *files], check=True, capture_output=True)
    settings = {"WORKSPACE_TLS_CERT": str(certificate), "WORKSPACE_TLS_KEY": str(key)}
    # The default bridge's gateway is an address of this machine that the hub's container reaches.
    gateway = docker("network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}")
    with postgresql.running(gateway) as database:
        settings["WORKSPACE_DATABASE_URL"] = database.url("postgres")
        with running_stack(WORKSPACE_BIND="127.0.0.1", **settings) as built:
            yield built


def test_member_logs_in_over_tls_and_starts_a_workspace(
    stack: Stack, browser: Browser, contexts: list[BrowserContext]
) -> None:
    account = stack.add_member("박지원")
    page = log_in(browser, contexts, stack, account, locale="ko-KR")
    cookies = [cookie for cookie in page.context.cookies() if "hub" in cookie["name"]]
    assert cookies
    assert all(cookie["secure"] for cookie in cookies if not cookie["name"].startswith("_xsrf"))

    # The portal logs in with the hub, over TLS as well, and knows so without the key.
    page.goto(f"{stack.url}/services/portal/lessons")
    assert page.url == f"{stack.url}/services/portal/lessons"
    (cookie,) = (one for one in page.context.cookies() if one["name"] == "labdock-portal")
    assert cookie["secure"]

    page.goto(f"{stack.url}/hub/spawn")
    page.click("form#spawn_form [type=submit]")
    page.wait_for_url(re.compile(r"/user/[^/]+/"), timeout=120_000)

    (row,) = stack.json("ls")
    assert (row["owner"], row["name"], row["state"]) == ("박지원", "default", "running")


def test_accounts_and_servers_live_in_postgresql(stack: Stack) -> None:
    assert {row["name"] for row in stack.json("users", "ls")} >= {"admin", "박지원"}
    root = Path(stack.environ["WORKSPACE_ROOT"])
    assert not list(root.glob("hub/*.sqlite"))


def test_workspaces_survive_a_restart_of_hub_and_proxy(stack: Stack) -> None:
    docker("restart", "labdock-hub", "labdock-proxy")
    stack.workspace("up", timeout=300)
    (row,) = stack.json("ls")
    assert row["state"] == "running"
