"""A hub behind something that speaks TLS for it, as docs/admin.md shows with nginx and Caddy."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.hub.running_hub import RunningHub, SpawnerByAddress, add_images, running_hub
from tests.hub.test_port_proxy import ENTRY, TOP, shared
from tests.tls_front import TlsFront, tls_front
from workspace_cli.core.fake_engine import FakeEngine

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]

DOMAIN = "lab.example.org"
VISITOR = "203.0.113.7"
"""The address that the front says people come from."""


async def test_people_work_through_it_and_nothing_leads_or_falls_back_to_plain_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine()
    add_images(engine)
    with tls_front(tmp_path, DOMAIN) as front:
        root, url = tmp_path / "root", f"https://{DOMAIN}:{front.port}"
        async with running_hub(root, engine, url=url) as hub:
            assert hub.app._upkeep is not None
            hub.app._upkeep.cancel()  # which would look the proxy's addresses up
            hub.app.machine.proxy_addresses = frozenset({"127.0.0.1"})
            # The containers' stand-ins all answer at a port of this machine.
            monkeypatch.setattr("hub.port_proxy.SERVER_PORT", SpawnerByAddress._server_port)
            front.behind = urlsplit(hub.url).port or 0
            await hub.add("kim")
            await hub.add("lee")
            assert (await hub.api("POST", "/users/kim/server")).status_code == 201
            async with a_browser(front) as browser:
                answers = await logged_in(browser)
                answers += [await browser.get(path) for path in ("/hub/nothing", "/hub/home")]
                for answer in answers:
                    assert "max-age" in answer.headers["Strict-Transport-Security"]
                    assert not answer.headers.get("Location", "").startswith("http:")
                    for cookie in answer.headers.get_list("Set-Cookie"):
                        assert "; secure" in cookie.lower(), cookie
                assert answers[-1].status_code == 200
                sessions = (await hub.api("GET", "/accounts/lee/sessions")).json()
                assert {row["address"] for row in sessions} == {VISITOR}
                await a_websocket(hub, front, browser)


def a_browser(front: TlsFront) -> httpx.AsyncClient:
    """A browser that takes a certificate which nobody signed."""
    return httpx.AsyncClient(
        base_url=f"https://127.0.0.1:{front.port}",
        headers={"Host": f"{DOMAIN}:{front.port}"},
        verify=False,
        timeout=60,
    )


async def logged_in(browser: httpx.AsyncClient) -> list[httpx.Response]:
    """Log lee in, from the page that was asked for; return the answers."""
    first = await browser.get("/hub/home")
    assert first.status_code == 302
    page = await browser.get(first.headers["Location"])
    form = {"username": "lee", "password": "a good password", "_xsrf": page.cookies["_xsrf"]}
    answer = await browser.post(first.headers["Location"], data=form)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/hub/home")
    return [first, page, answer]


async def a_websocket(hub: RunningHub, front: TlsFront, browser: httpx.AsyncClient) -> None:
    """Talk over a websocket to a port that lee was given."""
    assert (await shared(hub)).status_code == 201
    entry = await browser.get(ENTRY, headers=TOP)
    assert entry.status_code == 302, entry.text
    path = urlsplit(entry.headers["Location"]).path
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port, ssl=trusting)
    writer.write(
        f"GET {path}ws HTTP/1.1\r\nHost: {DOMAIN}:{front.port}\r\nOrigin: null\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    assert front.websockets == 1
    writer.close()
