"""Who may enter a workspace, and what stays secret inside."""

from __future__ import annotations

import subprocess

import pytest
import websocket

from tests.images.conftest import FolderOf
from tests.images.containers import (
    Workspace,
    docker,
)


class DoorSuite:
    """The door of a container that stands by itself."""

    image: str

    # Who may enter

    def test_a_browser_is_sent_to_the_login_page(self, workspace: Workspace) -> None:
        for path in ("/lab", "/tree", "/files/x.txt"):
            answer = workspace.browser.request(path)
            assert (answer.status, answer.headers["Location"].split("?")[0]) == (302, "/login")

    def test_login_page_asks_for_a_name_and_a_password(self, workspace: Workspace) -> None:
        page = workspace.browser.request("/login")
        assert page.status == 200
        assert 'name="username"' in page.text
        assert 'name="password" type="password"' in page.text
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]

    @pytest.mark.parametrize(
        "accepted, lang, title",
        [("ko-KR,ko;q=0.9", "ko", "로그인"), ("en-US", "en", "Log in"), ("", "en", "Log in")],
    )
    def test_login_page_speaks_the_browsers_language(
        self, workspace: Workspace, accepted: str, lang: str, title: str
    ) -> None:
        page = workspace.browser.request("/login", headers={"Accept-Language": accepted})
        assert f'<html lang="{lang}">' in page.text
        assert f"<h1>{title}</h1>" in page.text

    def test_the_right_name_and_password_open_the_lab_page(self, workspace: Workspace) -> None:
        browser = workspace.browser
        answer = browser.log_in("kunyoung", "1234", next="/lab")
        assert (answer.status, answer.headers["Location"]) == (302, "/lab")
        cookies = answer.headers.get_all("Set-Cookie") or []
        login = next(cookie for cookie in cookies if cookie.startswith("username-"))
        assert "HttpOnly" in login
        assert "SameSite=Lax" in login
        page = browser.request("/lab")
        assert page.status == 200
        assert "jupyter-config-data" in page.text
        assert browser.request("/api/contents").status == 200

    @pytest.mark.parametrize(
        "name, password", [("kunyoung", "12345"), ("kunyoun", "1234"), ("", ""), ("김철수", "1234")]
    )
    def test_a_wrong_name_or_password_is_refused_alike(
        self, workspace: Workspace, name: str, password: str
    ) -> None:
        browser = workspace.browser
        answer = browser.log_in(name, password)
        assert answer.status == 401
        assert "The name or the password is wrong." in answer.text
        assert browser.request("/api/contents").status == 403

    def test_login_form_without_its_token_is_refused(self, workspace: Workspace) -> None:
        form = {"username": "kunyoung", "password": "1234"}
        answer = workspace.browser.request("/login", method="POST", form=form)
        assert answer.status == 403

    def test_login_never_leads_to_another_host(self, workspace: Workspace) -> None:
        for place in ("https://evil.example/", "//evil.example/", "\\\\evil.example"):
            answer = workspace.browser.log_in("kunyoung", "1234", next=place)
            assert answer.status == 302
            assert "//evil" not in answer.headers["Location"]

    def test_what_is_typed_in_is_never_markup(self, workspace: Workspace) -> None:
        page = workspace.browser.request('/login?next="><script>alert(1)</script>')
        assert "<script>alert" not in page.text

    def test_programs_use_http_basic(self, workspace: Workspace) -> None:
        assert workspace.api("/api/contents").status == 200
        assert workspace.api("/api/contents", password="wrong").status == 401
        assert workspace.browser.request("/api/contents").status == 403
        assert workspace.api("/api/terminals", "POST", password="wrong").status == 401

    def test_a_foreign_page_cannot_use_a_browsers_basic_credentials(
        self, workspace: Workspace
    ) -> None:
        headers = {
            **workspace.basic("1234"),
            "Origin": "https://evil.example",
            "Sec-Fetch-Mode": "cors",
            "Sec-Fetch-Site": "cross-site",
        }
        answer = workspace.browser.request("/api/kernels", method="POST", data={}, headers=headers)
        assert answer.status in (403, 404)
        assert workspace.api("/api/kernels").json() == []

    def test_no_websocket_opens_without_a_login(self, workspace: Workspace) -> None:
        kernel = workspace.api("/api/kernels", "POST", {}).json()["id"]
        try:
            for path in (f"/api/kernels/{kernel}/channels", "/terminals/websocket/1"):
                with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
                    websocket.create_connection(f"ws://{workspace.address}{path}", timeout=10)
        finally:
            workspace.api(f"/api/kernels/{kernel}", "DELETE")

    def test_guessing_is_slowed_down(self) -> None:
        with Workspace(self.image) as workspace:
            workspace.ready()
            browser = workspace.browser
            inside = workspace.browser
            assert inside.log_in("kunyoung", "1234").status == 302
            answers = [browser.log_in("kunyoung", f"guess {number}") for number in range(12)]
            assert [answer.status for answer in answers] == [401] * 10 + [429] * 2
            assert int(answers[-1].headers["Retry-After"]) <= 60
            assert browser.log_in("kunyoung", "1234").status == 429
            assert workspace.api("/api/contents").status == 429
            assert inside.request("/api/contents").status == 200

    def test_a_server_without_a_password_does_not_start(self) -> None:
        for given in ((), ("--env", "WORKSPACE_AUTH_USER=kunyoung")):
            done = subprocess.run(
                ["docker", "run", "--rm", *given, self.image],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 1
            assert "WORKSPACE_AUTH_PASSWORD" in done.stderr
            assert "Traceback" not in done.stderr

    def test_a_restart_keeps_people_logged_in_and_a_new_password_does_not(
        self, folder_of: FolderOf
    ) -> None:
        mount = ("--volume", f"{folder_of(1000)}:/workspace")
        with Workspace(self.image, mount) as workspace:
            cookie = _login_cookie(workspace.ready())
            docker("restart", "--time", "5", workspace.name)
            workspace.ready()
            assert workspace.browser.request("/api/contents", headers=cookie).status == 200
        with Workspace(self.image, mount, password="changed") as other:
            other.ready()
            assert other.browser.request("/api/contents", headers=cookie).status == 403

    # What the member's programs can see

    def test_kernels_and_terminals_see_no_secret(self, workspace: Workspace) -> None:
        seen = workspace.run_cell("import os; print(sorted(os.environ))")
        seen += workspace.terminal("env; echo end-$((40+2))", "end-42")
        seen += workspace.shell("cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; env")
        assert "WORKSPACE_AUTH" not in seen
        assert "LANG" in seen

    def test_no_secret_is_written_to_the_layer(self, workspace: Workspace) -> None:
        changed = docker("diff", workspace.name).splitlines()
        files = [line[2:] for line in changed]
        kept = [name for name in files if name.startswith(("/home", "/etc", "/var", "/root"))]
        assert not [name for name in kept if "secret" in name or "cookie" in name]


def _login_cookie(workspace: Workspace) -> dict[str, str]:
    """The headers of a browser that logged in at a name that outlives the port."""
    host = {"Host": "lab.example"}
    answer = workspace.browser.log_in("kunyoung", "1234", headers=host)
    cookies = answer.headers.get_all("Set-Cookie") or []
    login = next(cookie for cookie in cookies if cookie.startswith("username-lab-example"))
    return {**host, "Cookie": login.split(";")[0]}
