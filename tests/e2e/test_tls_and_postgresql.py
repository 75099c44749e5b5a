"""The same stack with what a larger lab sets: TLS, PostgreSQL, a host name a member."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.conftest import Stack, docker, log_in, running_stack
from tests.e2e.lab import new_notebook, run_cell, wait_for_lab
from tests.hub import postgresql
from workspace_cli.core import naming

pytestmark = pytest.mark.e2e
DOMAIN = "labdock.localhost"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    request = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={DOMAIN}"
    names = f"subjectAltName=IP:127.0.0.1,DNS:{DOMAIN},DNS:*.{DOMAIN}"
    files = ["-addext", names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*request.split(), *files], check=True, capture_output=True)
    settings = {"WORKSPACE_TLS_CERT": str(certificate), "WORKSPACE_TLS_KEY": str(key)}
    # A browser takes every name below localhost for this machine.
    settings |= {"WORKSPACE_URL": f"https://{DOMAIN}:{{port}}", "WORKSPACE_SUBDOMAINS": "on"}
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
    (cookie,) = (one for one in page.context.cookies() if one["name"] == "__Host-labdock-portal")
    assert cookie["secure"]

    page.goto(f"{stack.url}/hub/spawn")
    page.click("form#spawn_form [type=submit]")
    page.wait_for_url(re.compile(r"/user/[^/]+/lab"), timeout=120_000)

    (row,) = stack.json("ls")
    assert (row["owner"], row["name"], row["state"]) == ("박지원", "default", "running")
    # It has a host name of its own, and a kernel answers there.
    assert urlsplit(page.url).hostname == naming.member_host("박지원", DOMAIN)
    assert page.url.startswith(row["address"])
    wait_for_lab(page)
    new_notebook(page)
    assert run_cell(page, "6 * 7").endswith("42")


def test_what_runs_on_a_members_host_cannot_act_for_who_opens_it(
    stack: Stack, browser: Browser, contexts: list[BrowserContext]
) -> None:
    (row,) = (one for one in stack.json("ls") if one["owner"] == "박지원")
    page = log_in(browser, contexts, stack, stack.admin)
    page.goto(row["address"] + "lab")
    page.get_by_role("button", name="Allow").click()
    wait_for_lab(page)
    asked = """async url => {
        try { return (await fetch(url, {credentials: 'include'})).status }
        catch (error) { return error.name }
    }"""
    assert page.evaluate(asked, row["address"] + "static/favicons/favicon.ico") == 200
    for path in ("/hub/api/user", "/services/portal/api/v1/lessons/progress"):
        assert page.evaluate(asked, stack.url + path) == "TypeError"
    # Nor can it put a login of its choice in the place of the hub's.
    before = {one["value"] for one in page.context.cookies() if "hub-login" in one["name"]}
    page.evaluate(f"document.cookie = '__Host-jupyterhub-hub-login=x; secure; domain={DOMAIN}'")
    assert {one["value"] for one in page.context.cookies() if "hub-login" in one["name"]} == before


def test_accounts_and_servers_live_in_postgresql(stack: Stack) -> None:
    assert {row["name"] for row in stack.json("users", "ls")} >= {"admin", "박지원"}
    root = Path(stack.environ["WORKSPACE_ROOT"])
    assert not list(root.glob("hub/*.sqlite"))


def test_workspaces_survive_a_restart_of_hub_and_proxy(stack: Stack) -> None:
    docker("restart", "labdock-hub", "labdock-proxy")
    stack.workspace("up", timeout=300)
    (row,) = stack.json("ls")
    assert row["state"] == "running"
