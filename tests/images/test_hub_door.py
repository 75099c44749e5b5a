"""The hub's door of labdock/base, before a real JupyterHub."""

from __future__ import annotations

import http.cookiejar
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import websocket

from tests.images.containers import Browser, Workspace, docker
from tests.images.hub_stage import HubStage, follow
from tests.images.proxy_suite import PROGRAM

pytestmark = pytest.mark.engine
LAB = "/user/kim/lab"


@pytest.fixture(scope="module")
def hub() -> Iterator[HubStage]:
    """A hub in which Kim's workspace runs."""
    with HubStage("labdock/base") as stage:
        stage.start("kim")
        yield stage


@pytest.fixture
def kim(hub: HubStage) -> Browser:
    """A browser in which Kim has opened the workspace."""
    browser = hub.log_in("kim")
    answer, _ = follow(browser, LAB)
    assert answer.status == 200
    return browser


def _user_token(hub: HubStage, user: str, **body: Any) -> dict[str, str]:
    answer = hub.api(f"/users/{user}/tokens", "POST", body)
    return {"Authorization": f"token {answer.json()['token']}"}


def _xsrf(browser: Browser) -> str:
    cookies: http.cookiejar.CookieJar = browser.cookies
    found = [cookie for cookie in cookies if cookie.name == "_xsrf" and "/user/" in cookie.path]
    assert found
    return str(found[0].value)


def test_the_hub_sees_its_own_version(hub: HubStage) -> None:
    answer = Browser(hub.base).request("/user/kim/api")
    assert answer.status == 200
    assert answer.headers["X-JupyterHub-Version"].startswith("6.")
    assert "Traceback" not in hub.running["kim"].logs
    assert "made for" not in hub.running["kim"].logs


def test_a_browser_is_led_through_the_hub_and_back(hub: HubStage) -> None:
    answer, way = follow(hub.log_in("kim"), LAB)
    assert answer.status == 200
    assert way == ["/hub/api/oauth2/authorize", "/user/kim/oauth_callback", LAB]
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"


def test_who_is_not_logged_in_ends_at_the_hubs_login(hub: HubStage) -> None:
    answer, way = follow(Browser(hub.base), LAB)
    assert way[-1] == "/hub/login"
    assert answer.status == 200


def test_the_page_knows_its_hub(kim: Browser) -> None:
    page = kim.request(LAB).text
    found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    config = json.loads(found[1])
    wanted = {"hubUser": "kim", "hubServerUser": "kim", "hubPrefix": "/hub/", "hubServerName": ""}
    assert {key: config[key] for key in wanted} == wanted
    assert config["baseUrl"] == "/user/kim/"


def test_another_member_is_refused_and_not_sent_in_circles(hub: HubStage) -> None:
    answer, way = follow(hub.log_in("lee"), LAB)
    assert answer.status == 403
    assert len(way) <= 3
    headers = _user_token(hub, "lee")
    assert Browser(hub.base).request("/user/kim/api/contents", headers=headers).status == 403


def test_tokens_open_what_their_scopes_open(hub: HubStage) -> None:
    path = "/user/kim/api/contents"
    browser = Browser(hub.base)
    assert browser.request(path).status == 403
    assert browser.request(path, headers={"Authorization": "token wrong"}).status == 403
    assert browser.request(path, headers=_user_token(hub, "kim")).status == 200
    narrow = _user_token(hub, "kim", scopes=["read:users:name!user"])
    assert browser.request(path, headers=narrow).status == 403
    fitting = _user_token(hub, "kim", scopes=["access:servers!server=kim/"])
    assert browser.request(path, headers=fitting).status == 200


def test_a_token_in_an_address_opens_no_page(hub: HubStage) -> None:
    token = _user_token(hub, "kim")["Authorization"].split()[1]
    answer = Browser(hub.base).request(f"/user/kim/api/contents?token={token}")
    assert answer.status == 403


def test_a_callback_that_nobody_began_is_refused(hub: HubStage, kim: Browser) -> None:
    for query, status in (("code=x", 400), ("code=x&state=forged", 403), ("error=denied", 400)):
        answer = Browser(hub.base).request(f"/user/kim/oauth_callback?{query}")
        assert answer.status == status


def test_a_forged_request_with_the_members_cookie_is_refused(kim: Browser) -> None:
    path = "/user/kim/api/terminals"
    assert kim.request(path, method="POST", data={}).status == 403
    forged = {"X-XSRFToken": "forged"}
    assert kim.request(path, method="POST", data={}, headers=forged).status == 403
    own = {"X-XSRFToken": _xsrf(kim)}
    made = kim.request(path, method="POST", data={}, headers=own)
    assert made.status == 200
    name = made.json()["name"]
    assert kim.request(f"{path}/{name}", method="DELETE", headers=own).status == 204


def test_logging_out_leads_to_the_hub(kim: Browser) -> None:
    answer = kim.request("/user/kim/logout")
    assert answer.headers["Location"] == "/hub/logout"
    assert kim.request("/user/kim/api/contents").status == 403


def test_cells_run_and_see_no_token(hub: HubStage) -> None:
    headers = _user_token(hub, "kim")
    browser = Browser(hub.base)
    made = browser.request("/user/kim/api/kernels", method="POST", data={}, headers=headers)
    kernel = made.json()["id"]
    address = hub.base.removeprefix("http://")
    socket = websocket.create_connection(
        f"ws://{address}/user/kim/api/kernels/{kernel}/channels", header=headers, timeout=60
    )
    socket.close()
    workspace = hub.running["kim"]
    shown = workspace.shell("cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'")
    assert "JUPYTERHUB_USER=kim" in shown
    assert "API_TOKEN" not in shown
    variables = json.loads((hub.folder / "kim.asked").read_text())
    assert variables["JUPYTERHUB_API_TOKEN"] not in shown
    inspected = docker("inspect", workspace.name)
    assert variables["JUPYTERHUB_API_TOKEN"] not in inspected
    browser.request(f"/user/kim/api/kernels/{kernel}", method="DELETE", headers=headers)


def test_the_hub_hears_of_activity(hub: HubStage) -> None:
    deadline = time.monotonic() + 20
    while not hub.api("/users/kim").json()["servers"][""]["last_activity"]:
        assert time.monotonic() < deadline, hub.running["kim"].logs
        time.sleep(0.2)


def test_secrets_that_cannot_be_read_are_told_of(hub: HubStage) -> None:
    mounted = hub.folder / "broken"
    mounted.mkdir()
    (mounted / "environment.json").write_text("{")
    mount = ("--volume", f"{mounted}:/run/labdock:ro")
    with Workspace("labdock/base", mount, secret_in_env=False) as workspace:
        assert docker("wait", workspace.name) == "1"
        assert "/run/labdock/environment.json cannot be read" in workspace.logs
        assert "Traceback" not in workspace.logs


def test_a_program_behind_the_login_is_asked_by_its_own_pages_alone(
    hub: HubStage, kim: Browser
) -> None:
    running = hub.running["kim"].name
    docker("cp", str(PROGRAM), f"{running}:/tmp/echo.py")
    docker("exec", "-d", running, "python3", "/tmp/echo.py", "6006")
    place = "/user/kim/proxy/6006/"
    navigate = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
    deadline = time.monotonic() + 20
    while (page := kim.request(place, headers=navigate)).status != 200:
        assert time.monotonic() < deadline, page.text
        time.sleep(0.2)
    assert "Cookie" not in page.json()["headers"]
    own = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", "Referer": hub.base + place}
    asking = {**own, "Origin": hub.base}
    assert kim.request(place, headers=own).status == 200
    assert kim.request(place, method="POST", data={}, headers=asking).status == 200
    # Another member's page has the same host name, and the browser sends Kim's cookies from it.
    other = {**asking, "Referer": f"{hub.base}/user/lee/proxy/1/"}
    assert kim.request(place, headers=other).status != 200
    assert kim.request(place, method="POST", data={}, headers=other).status == 403
    assert kim.request(place, method="POST", data={}, headers={"Origin": "http://x"}).status == 403


def test_answers_to_lessons_go_through_the_server_and_wait_without_a_portal(hub: HubStage) -> None:
    running = hub.running["kim"]
    folder = running.shell("lessons open a1 --lang en >&2; echo $JUPYTER_RUNTIME_DIR")
    mode = running.shell(f"stat -c '%a %U %F' {folder}/labdock-portal.sock")
    assert mode == "600 member socket"
    running.shell("echo 'def route(*given): ...' > /workspace/lessons/a1-netpath/route.py")
    said = running.member("lessons", "submit", "a1", "--lang", "en", "--json", check=False)
    answer = json.loads(said)
    assert answer["state"] == "waiting"
    assert "The portal does not answer" in answer["why"]
    assert running.shell("ls /workspace/.lessons/outbox | wc -l") == "1"


def test_workspace_reaches_the_lab_through_the_server_and_says_where_it_does_not(
    hub: HubStage,
) -> None:
    running = hub.running["kim"]
    told = running.shell("workspace images 2>&1 || echo rc $?")
    assert "The portal does not answer" in told
    assert told.endswith("rc 6")
    host = running.shell("workspace up 2>&1 || echo rc $?")
    assert host.endswith("rc 5")
