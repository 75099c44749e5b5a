"""The same stack with the two things that a larger lab sets: TLS and PostgreSQL."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.conftest import Stack, docker, log_in, running_stack

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
    with (
        postgresql() as url,
        running_stack(WORKSPACE_DATABASE_URL=url, WORKSPACE_BIND="127.0.0.1", **settings) as built,
    ):
        yield built


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL server that the hub's container reaches, and return its URL."""
    (binaries,) = list(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
    data = Path(tempfile.mkdtemp(prefix="labdock-postgresql-", dir="/var/tmp"))
    shutil.chown(data, "postgres", "postgres")
    # The default bridge's gateway is an address of this machine that containers reach.
    host = docker("network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}")
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]

    def as_postgres(*command: str) -> None:
        subprocess.run(
            ["runuser", "-u", "postgres", "--", *command],
            check=True,
            cwd=data,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )

    secret = data / "secret"
    secret.write_text("lab-secret\n")
    shutil.chown(secret, "postgres")
    cluster = str(data / "cluster")
    initdb = [str(binaries / "initdb"), "-D", cluster, "-U", "labdock", "--pwfile", str(secret)]
    as_postgres(*initdb, "-A", "scram-sha-256")
    with (data / "cluster" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 0.0.0.0/0 scram-sha-256\n")
    options = f"-c listen_addresses={host} -p {port} -c unix_socket_directories={data}"
    control = [str(binaries / "pg_ctl"), "-D", cluster, "-w", "-l", str(data / "log")]
    as_postgres(*control, "-o", options, "start")
    try:
        yield f"postgresql://labdock:lab-secret@{host}:{port}/postgres"
    finally:
        as_postgres(*control, "-m", "immediate", "stop")
        shutil.rmtree(data)


def test_member_logs_in_over_tls_and_starts_a_workspace(
    stack: Stack, browser: Browser, contexts: list[BrowserContext]
) -> None:
    account = stack.add_member("박지원")
    page = log_in(browser, contexts, stack, account, locale="ko-KR")
    cookies = [cookie for cookie in page.context.cookies() if "hub" in cookie["name"]]
    assert cookies
    assert all(cookie["secure"] for cookie in cookies if not cookie["name"].startswith("_xsrf"))

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
