"""What every answer of the hub says to a browser, and what its cookies and its log hold.

The paths come from the application's own routes, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from tests.hub.running_hub import ADMIN_PASSWORD, RunningHub, add_images, running_hub
from tests.hub.visitor import log_in, visitor
from workspace_cli.core.fake_engine import FakeEngine

pytestmark = pytest.mark.filterwarnings("default")

HTTPS = "https://lab.example.org"
HOSTILE = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "X-Scheme": "https"}
"""What a browser, or somebody in between, may say of the way that a request came."""
AWKWARD = {
    r"/hub/error/(\d+)": "/hub/error/503",
    r"/hub/api/notices/([^/]+)/([0-9a-f]{32})": f"/hub/api/notices/x/{'a' * 32}",
    r"/hub/api/port-shares/([^/]+)/([0-9a-f]{32})": f"/hub/api/port-shares/x/{'a' * 32}",
    r"/hub/shared/([^/]+)/([^/]+)/([0-9]{1,5})/(?:(~[A-Za-z0-9_.-]+)/)?(.*)": "/hub/shared/x/x/80/",
    r"/hub/assets/[0-9a-f]{12}/(.*)": "/hub/assets/000000000000/labdock.css",
    r"(?!/hub/).*": "/elsewhere",
    r"(.*)": "/hub/nothing/of/that/name",
}
"""Patterns of paths that `example` is too simple for."""
WITHOUT_END = ("/progress", "/logout", "/shutdown", "/server-changes")
"""Paths that stream, log this browser out, or end the hub."""


def example(pattern: str) -> str:
    """A path that a route's pattern stands for."""
    text = AWKWARD.get(pattern, pattern.rstrip("$"))
    while found := re.search(r"\((\?P<\w+>|\?:)?([^()]*)\)(\?|\*)?", text):
        inner = re.sub(r"\[\^[^\]]*\][*+]?", "x", found[2].split("|")[0])
        inner = "" if found[3] else re.sub(r"\[[^\]]*\][*+]?", "a", inner).replace(".*", "x")
        text = text[: found.start()] + inner + text[found.end() :]
    return text.removesuffix("/?")


def faults(answer: httpx.Response, *, tls: bool) -> Iterator[str]:
    """Yield what an answer's headers lack."""
    policy = answer.headers.get("Content-Security-Policy", "")
    if "unsafe" in policy:
        yield f"allows what is inline: {policy}"
    for wanted in ("default-src", "frame-ancestors 'none'"):
        if wanted not in policy:
            yield f"has no {wanted}: {policy!r}"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "lets browsers guess types"
    if answer.headers.get("Referrer-Policy") != "same-origin":
        yield "tells other sites where people come from"
    if answer.headers.get("X-Frame-Options") != "DENY":
        yield "may stand in a frame"
    if ("Strict-Transport-Security" in answer.headers) is not tls:
        yield f"Strict-Transport-Security: {answer.headers.get('Strict-Transport-Security')}"


def cookie_faults(answer: httpx.Response, *, tls: bool) -> Iterator[str]:
    """Yield what an answer's cookies lack."""
    for header in answer.headers.get_list("Set-Cookie"):
        ((name, cookie),) = SimpleCookie(header).items()
        if cookie["samesite"].lower() != "lax":
            yield f"{name} is sent along from other sites: {header.partition(';')[2]}"
        # The language and the form's own token are no secrets from the page's script.
        if not cookie["httponly"] and name not in ("_xsrf", "labdock-language"):
            yield f"{name} can be read by scripts"
        if bool(cookie["secure"]) is not tls:
            yield f"{name} secure: {cookie['secure']!r}"
        if cookie["domain"]:
            yield f"{name} goes to every host of {cookie['domain']}"
        if not cookie["path"].startswith("/"):
            yield f"{name} has no path"


@pytest.mark.asyncio
@pytest.mark.parametrize("tls", [False, True])
async def test_every_answer_of_the_hub_says_how_it_may_be_used(tmp_path: Path, tls: bool) -> None:
    engine = FakeEngine()
    add_images(engine)
    settings = {"url": HTTPS} if tls else {}
    found: list[str] = []
    async with running_hub(tmp_path / "root", engine, **settings) as hub:
        paths = sorted({example(row[0]) for row in hub.app.handlers})
        assert {"/hub/login", "/hub/home", "/hub/people/x", "/hub/api/users/x"} <= set(paths)
        paths = [path for path in paths if not path.endswith(WITHOUT_END)]
        paths += ["/hub/static/favicon.ico", "/hub/static/none.js", "/hub/home?x=%ff"]
        for headers in (HOSTILE, {**HOSTILE, "Authorization": f"token {cli_token(hub)}"}):
            async with httpx.AsyncClient(base_url=hub.url, headers=headers, timeout=30) as client:
                for path in paths:
                    for method in ("GET", "POST"):
                        answer = await client.request(method, path)
                        lacking = [*faults(answer, tls=tls), *cookie_faults(answer, tls=tls)]
                        found += [f"{method} {path} {answer.status_code}: {it}" for it in lacking]
        answers = await logged_in(hub)
        found += [it for answer in answers for it in cookie_faults(answer, tls=tls)]
        kept = {one.partition("=")[0] for a in answers for one in a.headers.get_list("Set-Cookie")}
        assert {"jupyterhub-hub-login", "labdock-device", "_xsrf"} <= kept
    assert not found, "\n".join(sorted(set(found)))


def cli_token(hub: RunningHub) -> str:
    return hub.settings.api_token.read_text().strip()


async def logged_in(hub: RunningHub) -> list[httpx.Response]:
    """The answers of a login, each with the cookies that it sets."""
    async with visitor(hub) as browser:
        answers = [await browser.get("/login"), await browser.get("/language/ko")]
        # A browser keeps no cookie that is for TLS alone here, so they are sent by hand.
        cookies = "; ".join(f"{one.name}={one.value}" for one in browser.client.cookies.jar)
        token = answers[0].cookies.get("_xsrf") or ""
        form = {"username": "admin", "password": ADMIN_PASSWORD, "_xsrf": token}
        answer = await browser.client.post("/login", data=form, headers={"Cookie": cookies})
        assert answer.status_code == 302, answer.text
        return [*answers, answer]


@pytest.mark.asyncio
async def test_no_token_cookie_or_password_is_written_into_the_hubs_log(tmp_path: Path) -> None:
    engine = FakeEngine()
    add_images(engine)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    async with running_hub(tmp_path / "root", engine) as hub:
        hub.app.log.addHandler(handler)
        hub.app.log.setLevel(logging.INFO)
        await hub.add("kim")
        made = (await hub.api("POST", "/users/kim/tokens", {"note": "script"})).json()["token"]
        secrets = {"the token": made, "the command line's": cli_token(hub)}
        headers = {"Authorization": f"Bearer {made}"}
        async with httpx.AsyncClient(base_url=hub.url, headers=headers) as client:
            for path in ("/hub/api/user", "/hub/api/users", "/hub/nothing", "/hub/error/500"):
                await client.get(path)
            await client.get("/hub/home?broken=%ff")
        async with visitor(hub) as browser:
            await log_in(browser, "kim", "not the password")
            await log_in(browser, "kim")
            secrets["a password"] = "not the password"
            for path in ("/home", "/nothing", "/people", "/user/lee/"):
                await browser.get(path)
            await browser.client.post("/token", data={"x": "y"})
            for cookie in browser.client.cookies.jar:
                # A session's id alone opens nothing; JupyterHub notes it with each new form token.
                if cookie.name in ("jupyterhub-hub-login", "labdock-device", "_xsrf"):
                    secrets[cookie.name] = (cookie.value or "").strip('"')
        assert "jupyterhub-hub-login" in secrets
        hub.app.log.removeHandler(handler)
    assert "200 GET /hub/api/user" in written.getvalue(), "the log of requests is looked at"
    told = [name for name, secret in secrets.items() if secret in written.getvalue()]
    assert told == []
