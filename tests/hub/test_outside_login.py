"""Logging in by OpenID Connect, against a real provider in a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.outside import FILE, GitHub, OpenIdConnect, load_logins, person_of
from tests.hub.html import Document
from tests.hub.running_hub import Browser, RunningHub, add_images, running_hub
from tests.hub.visitor import PASSWORD, is_in, set_policy, visitor
from workspace_cli.core.errors import InvalidSettingError, NotAllowedError
from workspace_cli.core.fake_engine import FakeEngine

USERS = [
    {"sub": "u-1", "preferred_username": "Kim", "groups": ["gpu-class", "staff"]},
    {"sub": "u-2", "preferred_username": "admin", "groups": []},
    {"sub": "u-3", "preferred_username": "lee"},
    {"sub": "u-4"},
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    for user in USERS:
        command += ["--user-claims", json.dumps(user)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/.well-known/openid-configuration", process)
        yield url
        process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the provider did not come up")


def write_settings(root: Path, provider: str, **changes: Any) -> None:
    """Write what an admin writes, from what the provider says of itself."""
    with urllib.request.urlopen(f"{provider}/.well-known/openid-configuration") as answer:
        said = json.load(answer)
    folder = root / "hub"
    folder.mkdir(parents=True)
    (folder / "oidc-secret").write_text("a secret of the client\n")
    lines = {
        "title": "Our University",
        "client_id": "labdock",
        "client_secret_file": "oidc-secret",
        "authorize_url": said["authorization_endpoint"],
        "token_url": said["token_endpoint"],
        "userinfo_url": said["userinfo_endpoint"],
        "join": "open",
        **changes,
    }
    text = "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines.items())
    (folder / FILE).write_text(f"[oidc]\n{text}\n[oidc.groups]\ngpu-class = 'vision'\n")


async def come_in(browser: Browser, sub: str) -> httpx.Response:
    """Go to the provider, log in there, and come back."""
    away = await browser.get("/oauth_login?next=%2Fhub%2Faccount")
    assert away.status_code == 302
    assert "code_challenge_method=S256" in away.headers["location"]
    back = await browser.client.post(away.headers["location"], data={"sub": sub})
    assert back.status_code == 302, back.text
    return await browser.get(back.headers["location"])


def hub_with(tmp_path: Path) -> Any:
    engine = FakeEngine()
    add_images(engine)
    return running_hub(tmp_path / "root", engine)


@pytest.mark.asyncio
@pytest.mark.filterwarnings("default")
async def test_from_the_login_page_to_the_provider_and_back(tmp_path: Path, provider: str) -> None:
    write_settings(tmp_path / "root", provider)
    async with hub_with(tmp_path) as hub, visitor(hub) as browser:
        page = Document((await browser.get("/login?next=%2Fhub%2Faccount")).text)
        assert "Our University" in page.one("a", id="outside-login").text
        done = await come_in(browser, "u-1")
        assert done.headers["location"] == "/hub/account"
        assert await is_in(browser)
        await _check_account(hub)
        # The local way is open beside it.
        await hub.add("lee")
        assert (await hub.log_in("lee", PASSWORD)).status_code == 302
        # A name is only as good as its identity: lee and admin are somebody else's.
        for sub in ("u-2", "u-3", "u-4"):
            async with visitor(hub) as other:
                assert (await come_in(other, sub)).status_code in (400, 502)
                assert not await is_in(other)
        # Coming back is the same account; an admin's end holds here too.
        await hub.api("PATCH", "/accounts/kim", {"state": "disabled"})
        assert not await is_in(browser)
        assert (await come_in(browser, "u-1")).status_code == 400


async def _check_account(hub: RunningHub) -> None:
    user = (await hub.api("GET", "/users/kim")).json()
    assert user["groups"] == ["vision"]
    assert user["admin"] is False
    assert (await hub.log_in("kim", "-")).status_code == 403, "no password opens it"
    assert (await hub.api("POST", "/accounts/kim/reset-link")).status_code == 409
    (session,) = (await hub.api("GET", "/accounts/kim/sessions")).json()
    assert session["agent"].startswith("python-httpx")


@pytest.mark.asyncio
@pytest.mark.filterwarnings("default")
async def test_a_first_login_waits_for_approval_unless_the_lab_says_otherwise(
    tmp_path: Path, provider: str
) -> None:
    write_settings(tmp_path / "root", provider, join="approval")
    async with hub_with(tmp_path) as hub, visitor(hub) as browser:
        for _ in range(2):
            waiting = await come_in(browser, "u-1")
            assert Document(waiting.text).all("section", data_state="pending")
            assert not await is_in(browser)
        await hub.api("POST", "/accounts/kim/approve")
        assert (await come_in(browser, "u-1")).status_code == 302
        assert await is_in(browser)
        # The lab's second factor counts here too.
        set_policy(hub, '[accounts]\nsecond_factor = ["member"]\n')
        async with visitor(hub) as other:
            step = await come_in(other, "u-1")
            assert step.headers["location"].startswith("/hub/login/step")
            assert not await is_in(other)
        # What the provider did not send is believed in no case.
        async with visitor(hub) as forger:
            answer = await forger.get("/oauth_callback?code=made-up&state=made-up")
            assert answer.status_code == 400
            assert not await is_in(forger)


@pytest.mark.asyncio
@pytest.mark.filterwarnings("default")
async def test_where_nobody_joins_from_outside_it_says_so(tmp_path: Path, provider: str) -> None:
    write_settings(tmp_path / "root", provider, join="off")
    async with hub_with(tmp_path) as hub, visitor(hub) as browser:
        answer = await come_in(browser, "u-1")
        assert answer.status_code == 400
        assert "no account here yet" in answer.text
        assert (await hub.api("GET", "/accounts/kim")).status_code == 404


def test_without_the_file_nobody_logs_in_from_outside(tmp_path: Path) -> None:
    assert load_logins(tmp_path / FILE).provider is None


@pytest.mark.parametrize(
    "text",
    [
        "[oidc",
        "[oidc]\ntitle = 'x'",
        "[ldap]\n",
        "[github]\nclient_id = 'x'\nclient_secret_file = 'y'\njoin = 'always'",
    ],
)
def test_a_file_that_cannot_be_understood_names_the_place(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(InvalidSettingError, match=FILE):
        load_logins(tmp_path / FILE)


def test_a_secret_that_is_not_there_names_its_file(tmp_path: Path) -> None:
    provider = GitHub(client_id="x", client_secret_file=Path("github-secret"))
    with pytest.raises(InvalidSettingError, match="github-secret"):
        provider.secret(tmp_path)


def test_github_says_who_somebody_is_by_a_number_that_stays() -> None:
    provider = GitHub(client_id="x", client_secret_file=Path("y"))
    assert person_of(provider, {"id": 7, "login": "octocat"}).identity == "github:7"


@pytest.mark.parametrize("said", [{}, {"sub": "1"}, {"preferred_username": "kim"}, {"sub": ""}])
def test_who_does_not_say_who_they_are_stays_outside(said: dict[str, str]) -> None:
    provider = OpenIdConnect(
        title="x",
        client_id="x",
        client_secret_file=Path("y"),
        authorize_url="",
        token_url="",
        userinfo_url="",
    )
    with pytest.raises(NotAllowedError):
        person_of(provider, said)
