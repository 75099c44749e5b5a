"""The portal's cookies where members have host names of their own, and over TLS."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from hub.portal.access import COOKIE
from hub.portal.host_cookies import wanted
from hub.portal.portal import PREFIX
from hub.portal.sign_in import STATE
from tests.hub.portal.conftest import Clock, Stage
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.database import FILE
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings

SAFE = f"__Host-{COOKIE}"
HTTPS = "https://lab.example.org"


@pytest.fixture
def host(tmp_path: Path, fake_engine: FakeEngine, clock: Clock, accounts_file: Path) -> Host:
    """A machine behind TLS whose members have host names of their own."""
    settings = Settings(root=tmp_path, subdomains=True, url=HTTPS)
    settings.hub_dir.mkdir()
    shutil.copy(accounts_file, settings.hub_dir / FILE)
    return Host(fake_engine, settings, Catalogue(), clock)


def ask(stage: Stage, path: str, cookies: str = "") -> httpx.Response:
    """Ask with these cookies and no others."""
    stage.client.cookies.clear()
    return stage.client.get(f"{PREFIX}/{path}", headers={"Cookie": cookies} if cookies else {})


def set_cookies(answer: httpx.Response) -> dict[str, str]:
    return {one.partition("=")[0]: one.lower() for one in answer.headers.get_list("set-cookie")}


def test_a_login_is_kept_in_cookies_that_no_other_host_can_set(stage: Stage) -> None:
    begun = ask(stage, "lessons")
    given = set_cookies(begun)
    state = begun.headers["location"].rpartition("state=")[2]
    safe_state = f"__Host-{STATE}{state}"
    assert set(given) == {safe_state}
    kept = begun.headers["set-cookie"].partition(";")[0]
    finished = ask(stage, f"oauth_callback?code=code-kim&state={state}", kept)
    assert (finished.status_code, finished.headers["location"]) == (302, f"{PREFIX}/lessons")
    ended = set_cookies(finished)
    assert set(ended) == {SAFE, safe_state}
    assert "max-age=0" in ended[safe_state]
    for cookie in (*given.values(), *ended.values()):
        attributes = {one.strip() for one in cookie.split(";")[1:]}
        assert {"path=/", "secure", "samesite=lax"} <= attributes, cookie
        assert not any(one.startswith("domain") for one in attributes)
    assert "httponly" in given[safe_state]
    assert "httponly" in ended[SAFE]
    assert 'data-user="kim"' in ask(stage, "lessons", f"{SAFE}=token-kim").text


@pytest.mark.parametrize(
    "planted",
    [f"{COOKIE}=token-kim", f'a=b; {COOKIE}="token-kim"; c=d', f"a=b; {COOKIE} =token-kim"],
)
def test_a_plain_cookie_that_another_host_planted_is_nobodys_login(
    stage: Stage, planted: str
) -> None:
    assert ask(stage, "lessons", planted).status_code == 302
    for both in (f"{planted}; {SAFE}=token-lee", f"{SAFE}=token-lee; {planted}"):
        assert 'data-user="lee"' in ask(stage, "lessons", both).text


@pytest.mark.parametrize(
    "more, expected",
    [
        ({"url": HTTPS, "subdomains": True}, True),
        ({"url": HTTPS}, False),
        ({"url": "http://lab.example.org", "subdomains": True}, False),
        ({}, False),
    ],
)
def test_the_prefix_is_for_tls_with_host_names_of_members(
    tmp_path: Path, more: dict[str, str], expected: bool
) -> None:
    assert wanted(Settings(root=tmp_path, **more)) is expected  # type: ignore[arg-type]
