"""Tickets of shared ports, and that both rooms forward alike."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tornado.httputil import HTTPHeaders

from hub.forwarding import confined_cookie, moved, request_headers, response_headers
from hub.port_tickets import SECONDS, Tickets

ROOT = Path(__file__).parents[2]
PLACE = "kim\0study\x006006"
NOW = 1_700_000_000.0


def holder(ticket: str, *, place: str = PLACE, now: float = NOW, session: str = "s1") -> str | None:
    sessions = {"lee": session}
    return Tickets(b"secret").holder(ticket, place, now, sessions.get)


def test_a_ticket_names_its_holder_for_one_place_and_session() -> None:
    ticket = Tickets(b"secret").make("lee", "s1", PLACE, NOW)
    assert holder(ticket) == "lee"
    assert holder(ticket, place="kim\0study\x006007") is None
    assert holder(ticket, session="s2") is None
    assert holder(ticket, now=NOW + SECONDS + 1) is None
    assert holder(ticket, now=NOW - 3600) is None


def test_a_forged_ticket_is_nobodys() -> None:
    assert holder(Tickets(b"other").make("lee", "s1", PLACE, NOW)) is None
    good = Tickets(b"secret").make("lee", "s1", PLACE, NOW)
    name, _, signature = Tickets(b"secret").make("park", "s1", PLACE, NOW).partition(".")
    assert holder(f"{name}.{good.partition('.')[2]}") is None
    assert holder(f"{good.partition('.')[0]}.{signature}") is None


@given(st.text())
def test_whatever_stands_in_the_address_is_read_without_an_error(text: str) -> None:
    assert holder(text) is None


def test_hub_and_workspaces_forward_with_the_same_text() -> None:
    theirs = ROOT / "images/base/labdock_server/forwarding.py"
    assert theirs.read_bytes() == (ROOT / "hub/forwarding.py").read_bytes()


def test_no_cookie_of_ours_reaches_a_program() -> None:
    given_ = HTTPHeaders(
        {
            "Cookie": "jupyterhub-hub-login=x; app=1; _xsrf=y; JupyterHub-user-kim=z; b=2",
            "Connection": "close, X-Hop",
            "X-Hop": "1",
            "Accept": "*/*",
        }
    )
    kept = request_headers(given_)
    assert dict(kept.get_all()) == {"Cookie": "app=1; b=2", "Accept": "*/*"}


def test_a_program_sets_cookies_below_its_own_path_alone() -> None:
    answer = HTTPHeaders({"Clear-Site-Data": '"*"', "Content-Type": "text/html"})
    answer.add("Set-Cookie", "a=b; Domain=lab; Path=/; HttpOnly")
    answer.add("Set-Cookie", "jupyterhub-session-id=evil; Path=/")
    answer.add("Set-Cookie", "__Host-x=evil; Path=/; Secure")
    handed = response_headers(answer, path="/x/")
    assert handed.get_list("Set-Cookie") == ["a=b; HttpOnly; Path=/x/; SameSite=Lax"]
    assert "Clear-Site-Data" not in handed
    assert confined_cookie("", "/x/") == ""


def test_redirects_stay_below_the_prefix() -> None:
    inside = {"port": 6006, "prefix": "/p/6006", "host": "lab:8000"}
    assert moved("/login", **inside) == "/p/6006/login"  # type: ignore[arg-type]
    assert moved("http://localhost:6006/a?b", **inside) == "/p/6006/a?b"  # type: ignore[arg-type]
    assert moved("http://lab:8000/a", **inside) == "/p/6006/a"  # type: ignore[arg-type]
    assert moved("next", **inside) == "next"  # type: ignore[arg-type]
    assert moved("/p/6006/a", **inside) == "/p/6006/a"  # type: ignore[arg-type]
    assert moved("https://elsewhere/", **inside) == "https://elsewhere/"  # type: ignore[arg-type]
