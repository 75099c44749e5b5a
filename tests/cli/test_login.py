"""``workspace login``: a lab from another computer, and nothing of it on the host."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Ended
from workspace_cli.main import _from_afar as from_afar
from workspace_cli.main import run_cli
from workspace_cli.output import Console
from workspace_cli.remote.logins import check_url

TOKEN = "a-token-of-kim"


class Lab(BaseHTTPRequestHandler):
    """Answers for hub and portal."""

    def do_GET(self) -> None:
        """Know one token, and list one environment."""
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(403, {"status": 403, "message": "Forbidden"})
        elif self.path == "/hub/api/user":
            self._answer(200, {"name": "kim"})
        elif self.path.startswith("/services/portal/api/v1/environments?"):
            row = {"reference": "labdock/kim/vision:v1"}
            self._answer(200, {"items": [row], "next": None})
        else:
            self._answer(404, {"status": 404, "detail": "There is no such thing."})

    def _answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@dataclass
class Laptop:
    """A computer of a member's own: no host, a home of its own."""

    url: str
    file: Path

    def __call__(self, *argv: str, stdin: str = "") -> Ended:
        out, err = io.StringIO(), io.StringIO()
        code = run_cli(argv, Console(out, err, io.StringIO(stdin)))
        return Ended(code, out.getvalue(), err.getvalue())


@pytest.fixture
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Laptop]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Lab)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("WORKSPACE_ROOT", str(tmp_path / "no-lab-here"))
    yield Laptop(
        f"http://127.0.0.1:{server.server_port}", tmp_path / "config" / "labdock" / "login.json"
    )
    server.shutdown()
    server.server_close()


def test_a_login_is_checked_and_kept_for_its_owner_alone(laptop: Laptop) -> None:
    done = laptop("login", f"{laptop.url}/hub/home", "--token-stdin", stdin=f"{TOKEN}\n")
    assert (done.code, done.out) == (0, f"kim at {laptop.url}\n"), done.err
    assert laptop.file.stat().st_mode & 0o777 == 0o600
    assert laptop("images", "-q").out == "labdock/kim/vision:v1\n"


def test_the_listings_are_the_labs_until_the_logout(laptop: Laptop) -> None:
    laptop("login", laptop.url, "--token-stdin", stdin=TOKEN)
    assert laptop("up").code == 5
    assert laptop("logout").code == 0
    assert not laptop.file.exists()
    assert "logged in" in laptop("logout").err


def test_on_the_host_nothing_changes(laptop: Laptop, tmp_path: Path) -> None:
    laptop("login", laptop.url, "--token-stdin", stdin=TOKEN)
    assert from_afar(["images"], None) is not None
    token = tmp_path / "no-lab-here" / "hub" / "api-token"
    token.parent.mkdir(parents=True)
    token.write_text("x")
    assert from_afar(["images"], None) is None


@pytest.mark.parametrize("token", ["wrong", "", "two words", "토큰"])
def test_a_token_that_is_none_is_not_kept(laptop: Laptop, token: str) -> None:
    done = laptop("login", laptop.url, "--token-stdin", stdin=token)
    assert (done.code, "token" in done.err) == (5, True)
    assert not laptop.file.exists()
    assert token == "" or token not in done.err


def test_a_lab_that_does_not_answer_is_told(laptop: Laptop) -> None:
    done = laptop("login", "http://127.0.0.1:9", "--token-stdin", stdin=TOKEN)
    assert (done.code, "does not answer" in done.err) == (6, True)


@pytest.mark.parametrize(
    "url", ["lab.example", "ftp://lab.example", "http://", "http://a:b@c", "http://x:no"]
)
def test_an_address_that_is_none_is_refused(laptop: Laptop, url: str) -> None:
    assert laptop("login", url, "--token-stdin", stdin=TOKEN).code == 2


def test_a_path_in_the_address_does_not_matter() -> None:
    assert check_url("https://lab.example:8443/hub/home?x=1") == "https://lab.example:8443"


def test_a_damaged_login_counts_as_none(laptop: Laptop) -> None:
    laptop.file.parent.mkdir(parents=True)
    laptop.file.write_text("{")
    assert laptop("logout").code == 0
