"""Ports of programs in a workspace, under its own login."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

import pytest
import websocket as client

from tests.images.containers import Workspace, docker

PORT = 6006
PROGRAM = Path(__file__).parent / "programs" / "echo.py"


class ProxySuite:
    """``/proxy/PORT/`` and its absolute form."""

    image: str

    @pytest.fixture(scope="class")
    @classmethod
    def program(cls, workspace: Workspace) -> Workspace:
        """The workspace with a program that listens on its loopback."""
        docker("cp", str(PROGRAM), f"{workspace.name}:/tmp/echo.py")
        docker("exec", "-d", workspace.name, "python3", "/tmp/echo.py", str(PORT))
        deadline = time.monotonic() + 20
        while workspace.api(f"/proxy/{PORT}/").status != 200:
            assert time.monotonic() < deadline, workspace.logs
            time.sleep(0.1)
        return workspace

    def test_a_program_is_asked_for_its_own_paths(self, program: Workspace) -> None:
        asked = program.api(f"/proxy/{PORT}/a%20b?x=1").json()
        assert asked["path"] == "/a%20b?x=1"
        assert asked["headers"]["X-Forwarded-Prefix"] == f"/proxy/{PORT}"
        absolute = program.api(f"/proxy/absolute/{PORT}/a?x=1").json()
        assert absolute["path"] == f"/proxy/absolute/{PORT}/a?x=1"

    def test_a_body_arrives_whole(self, program: Workspace) -> None:
        sent = {"text": "x" * 300_000}
        answer = program.api(f"/proxy/{PORT}/", "POST", sent)
        assert answer.json()["length"] == len(json.dumps(sent))

    def test_a_stream_comes_as_it_is_written(self, program: Workspace) -> None:
        connection = http.client.HTTPConnection(program.address, timeout=20)
        headers = program.basic(program.password)
        connection.request("GET", f"/proxy/{PORT}/stream", headers=headers)
        answer = connection.getresponse()
        assert answer.readline().startswith(b"data: ")
        first = time.monotonic()
        answer.read()
        # The second piece was written a second after the first had been.
        assert time.monotonic() - first > 0.5
        connection.close()

    def test_nothing_of_the_login_reaches_the_program(self, program: Workspace) -> None:
        browser = program.browser
        browser.log_in(program.user, program.password)
        headers = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
        asked = browser.request(f"/proxy/{PORT}/", headers=headers).json()
        assert "Cookie" not in asked["headers"]
        assert "Authorization" not in program.api(f"/proxy/{PORT}/").json()["headers"]

    def test_its_cookies_and_redirects_stay_below_its_path(self, program: Workspace) -> None:
        answer = program.api(f"/proxy/{PORT}/")
        assert answer.headers.get_all("Set-Cookie") == [
            f"mine=1; Path=/proxy/{PORT}/; SameSite=Lax"
        ]
        moved = program.api(f"/proxy/{PORT}/redirect")
        assert (moved.status, moved.headers["Location"]) == (302, f"/proxy/{PORT}/there")

    def test_a_websocket_is_passed_on(self, program: Workspace) -> None:
        url = f"ws://{program.address}/proxy/{PORT}/ws"
        socket = client.create_connection(url, header=program.basic(program.password), timeout=20)
        socket.send("안녕")
        assert socket.recv() == "안녕"
        socket.close()
        with pytest.raises(client.WebSocketException):
            client.create_connection(url, timeout=20, redirect_limit=0)

    def test_who_has_not_logged_in_sees_nothing(self, program: Workspace) -> None:
        assert program.browser.request(f"/proxy/{PORT}/x").status == 302
        assert program.browser.request(f"/proxy/{PORT}/x", method="POST").status == 403

    def test_another_page_cannot_ask_in_the_members_name(self, program: Workspace) -> None:
        browser = program.browser
        browser.log_in(program.user, program.password)
        place = f"/proxy/{PORT}/"
        elsewhere = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "same-site"}
        assert browser.request(place, headers=elsewhere).status == 403
        posted = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}
        for headers in ({**posted, "Origin": "http://evil"}, {**posted, "Origin": "null"}):
            assert browser.request(place, method="POST", data={}, headers=headers).status == 403

    def test_the_servers_own_port_is_no_program(self, program: Workspace) -> None:
        assert program.api("/proxy/8080/api").status == 404
        assert program.api("/proxy/0/").status == 404
        assert program.api("/proxy/70000/").status == 404

    def test_a_port_where_nobody_answers_says_so(self, program: Workspace) -> None:
        answer = program.api("/proxy/6999/")
        assert answer.status == 502
        assert "6999" in answer.text

    def test_the_ports_that_answer_are_listed(self, program: Workspace) -> None:
        assert program.api("/labdock/ports").json() == {"ports": [PORT]}
