"""Shared ports over HTTP: who gets in, what goes there, what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from tests.hub.running_hub import RunningHub, SpawnerByAddress, add_images, running_hub
from workspace_cli.core.fake_engine import FakeEngine

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("default")]
ENTRY = "/hub/shared/kim/default/6006/"
"""Below the host's name; the tests' clients begin below /hub."""
TOP = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
LOADED = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site", "Origin": "null"}


@pytest_asyncio.fixture
async def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningHub]:
    engine = FakeEngine()
    add_images(engine)
    async with running_hub(tmp_path / "root", engine) as hub:
        for name in ("kim", "lee", "park"):
            await hub.add(name)
        assert (await hub.api("POST", "/users/kim/server")).status_code == 201
        # The containers' stand-ins all answer at a port of this machine.
        monkeypatch.setattr("hub.port_proxy.SERVER_PORT", SpawnerByAddress._server_port)
        yield hub


def at(hub: RunningHub, path: str) -> str:
    """Return a whole address."""
    place = urlsplit(hub.url)
    return f"{place.scheme}://{place.netloc}{path}"


async def shared(hub: RunningHub, **changes: object) -> httpx.Response:
    body = {"workspace": "default", "port": 6006, "with": "lee", "seconds": 3600, **changes}
    return await hub.api("POST", "/port-shares/kim", body)


async def opened(hub: RunningHub, name: str = "lee") -> str:
    """Return the address with a ticket that a member is sent to."""
    async with hub.browser(name) as browser:
        answer = await browser.client.get(at(hub, ENTRY), headers=TOP)
        assert answer.status_code == 302, answer.text
        return urlsplit(answer.headers["Location"]).path


async def test_a_member_with_whom_it_is_shared_reaches_that_port(hub: RunningHub) -> None:
    made = await shared(hub)
    assert made.status_code == 201
    assert made.json()["url"] == ENTRY
    async with hub.browser("lee") as browser:
        entry = await browser.client.get(at(hub, f"{ENTRY}?tab=1"), headers=TOP)
        assert entry.status_code == 302
        page = await browser.client.get(at(hub, entry.headers["Location"]), headers=TOP)
    assert page.status_code == 200
    assert hub.servers.asked[-1] == "/user/kim/proxy/6006/?tab=1"
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert "allow-same-origin" not in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    # What came back of its own did not pass.
    assert "X-JupyterHub-Version" not in page.headers


async def test_nothing_of_the_visitors_login_goes_there(hub: RunningHub) -> None:
    await shared(hub)
    async with hub.browser("lee") as browser:
        entry = await browser.client.get(at(hub, ENTRY), headers=TOP)
        await browser.client.get(at(hub, entry.headers["Location"]), headers=TOP)
        cookies = {cookie.value for cookie in browser.client.cookies.jar}
    head = hub.servers.heads[-1]
    assert "jupyterhub-" not in head
    assert not any(value and value in head for value in cookies)
    assert "Authorization: token " in head  # the workspace's own key, not the visitor's


async def test_what_the_page_loads_needs_the_ticket_and_no_cookie(hub: RunningHub) -> None:
    await shared(hub)
    path = await opened(hub)
    answer = await hub.client.get(at(hub, f"{path}data.json"), headers=LOADED)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "null"
    asked = {**LOADED, "Access-Control-Request-Method": "POST"}
    preflight = await hub.client.options(at(hub, f"{path}data.json"), headers=asked)
    assert preflight.status_code == 204
    posted = await hub.client.post(at(hub, f"{path}data.json"), headers=LOADED, content=b"{}")
    assert posted.status_code == 200


async def test_others_and_strangers_do_not_get_in(hub: RunningHub) -> None:
    await shared(hub)
    async with hub.browser("park") as browser:
        assert (await browser.client.get(at(hub, ENTRY), headers=TOP)).status_code == 404
        # Nor with an address that was copied from lee's browser.
        copied = await browser.client.get(at(hub, await opened(hub)), headers=TOP)
        assert copied.status_code == 302
        assert copied.headers["Location"] == ENTRY
        other = await browser.client.get(at(hub, ENTRY.replace("6006", "6007")), headers=TOP)
        assert other.status_code == 404
    stranger = await hub.client.get(at(hub, ENTRY), headers=TOP)
    assert stranger.status_code == 302
    assert "/hub/login" in stranger.headers["Location"]
    assert hub.servers.heads[-1].split()[1].startswith("/user/kim/") is True


async def test_a_ticket_is_for_one_port(hub: RunningHub) -> None:
    await shared(hub)
    path = await opened(hub)
    elsewhere = path.replace("/6006/", "/22/")
    assert (await hub.client.get(at(hub, elsewhere), headers=LOADED)).status_code == 403
    forged = path.replace("~", "~A")
    assert (await hub.client.get(at(hub, forged), headers=LOADED)).status_code == 403


async def test_a_page_of_the_hubs_own_origin_cannot_load_it(hub: RunningHub) -> None:
    await shared(hub)
    path = await opened(hub)
    inside = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "same-origin"}
    assert (await hub.client.get(at(hub, path), headers=inside)).status_code == 403
    async with hub.browser("lee") as browser:
        assert (await browser.client.get(at(hub, ENTRY), headers=inside)).status_code == 403


async def test_withdrawn_is_withdrawn_at_once(hub: RunningHub) -> None:
    made = (await shared(hub)).json()
    path = await opened(hub)
    assert (await hub.api("DELETE", f"/port-shares/kim/{made['id']}")).status_code == 204
    assert (await hub.client.get(at(hub, path), headers=LOADED)).status_code == 403
    async with hub.browser("lee") as browser:
        assert (await browser.client.get(at(hub, ENTRY), headers=TOP)).status_code == 404


async def test_a_websocket_is_passed_on_and_cut_when_the_share_ends(hub: RunningHub) -> None:
    made = (await shared(hub)).json()
    path = await opened(hub)
    place = urlsplit(hub.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(
        f"GET {path}ws HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: null\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-Websocket-Accept: yes" in head
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    assert (await hub.api("DELETE", f"/port-shares/kim/{made['id']}")).status_code == 204
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


async def test_a_session_that_ended_ends_its_tickets(hub: RunningHub) -> None:
    await shared(hub)
    path = await opened(hub)
    changed = await hub.api("PATCH", "/accounts/lee", {"password": "another good password"})
    assert changed.status_code == 200
    assert (await hub.client.get(at(hub, path), headers=LOADED)).status_code == 403


async def test_a_disabled_account_opens_nothing(hub: RunningHub) -> None:
    await shared(hub)
    path = await opened(hub)
    await hub.api("PATCH", "/accounts/lee", {"state": "disabled"})
    assert (await hub.client.get(at(hub, path), headers=LOADED)).status_code == 403


async def test_a_removed_account_leaves_no_share(hub: RunningHub) -> None:
    await shared(hub)
    assert (await hub.api("DELETE", "/accounts/lee")).status_code == 204
    await hub.add("lee")
    async with hub.browser("lee") as browser:
        assert (await browser.client.get(at(hub, ENTRY), headers=TOP)).status_code == 404


@pytest.mark.parametrize(
    "changes, status",
    [
        ({"port": 8080}, 422),
        ({"port": "6006"}, 422),
        ({"port": True}, 422),
        ({"with": "kim"}, 422),
        ({"with": "nobody"}, 404),
        ({"workspace": "none"}, 404),
        ({"seconds": 1}, 422),
        ({"more": 1}, 422),
    ],
)
async def test_a_share_that_makes_no_sense_is_refused(
    hub: RunningHub, changes: dict[str, object], status: int
) -> None:
    assert (await shared(hub, **changes)).status_code == status


async def test_only_who_acts_for_the_owner_shares_and_sees(hub: RunningHub) -> None:
    await shared(hub)
    async with hub.browser("park") as browser:
        await browser.get("/home")
        (token,) = {c.value for c in browser.client.cookies.jar if c.name == "_xsrf"}
        body = {"workspace": "default", "port": 6006, "with": "park"}
        path = f"/api/port-shares/kim?_xsrf={token}"
        assert (await browser.client.post(path, json=body)).status_code == 404
        assert (await browser.client.get(f"/api/ports/kim?_xsrf={token}")).status_code == 404
        mine = await browser.client.get(f"/api/ports?_xsrf={token}")
        assert mine.json() == []
    listed = (await hub.api("GET", "/ports/kim")).json()
    assert [(one["port"], one["with"]) for one in listed["shares"]] == [(6006, "lee")]
    assert [one["workspace"] for one in listed["workspaces"]] == ["default"]
