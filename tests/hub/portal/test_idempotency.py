"""The same key is answered as it was the first time, whatever happened in between."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text

from hub.portal import idempotency
from hub.portal.callers import Caller
from hub.portal.idempotency import KEPT_SECONDS, Kept, Keys
from hub.portal.once import REPLAYED
from hub.portal.portal import API, Portal
from tests.hub.portal.conftest import SCOPE, Clock, FakeHub, Stage, serving
from workspace_cli.core.errors import BusyError, ConflictError, HubUnreachableError, TooOftenError
from workspace_cli.core.host import Host

START = "workspaces/kim/nlp/start"


def start(stage: Stage, key: str, who: str = "kim", path: str = START) -> httpx.Response:
    return stage.call("POST", path, who, headers={"Idempotency-Key": key})


def test_the_answer_is_the_first_one_to_the_letter(stage: Stage) -> None:
    first, second = start(stage, "abc"), start(stage, "abc")
    assert REPLAYED not in first.headers
    assert second.headers[REPLAYED] == "true"
    for one in ("location", "content-type"):
        assert second.headers[one] == first.headers[one]
    assert (second.status_code, second.content) == (202, first.content)
    assert len(stage.hub.servers) == 1


def test_a_portal_that_was_started_anew_has_forgotten_nothing(
    stage: Stage, portal_of: Callable[[FakeHub], Portal]
) -> None:
    first = start(stage, "abc")
    hub = FakeHub()
    with serving(portal_of(hub)) as address:
        headers = {"Authorization": "Bearer token-kim", "Idempotency-Key": "abc"}
        again = httpx.post(f"{address}{API}/{START}", headers=headers)
        assert (again.status_code, again.content) == (202, first.content)
        other = httpx.post(f"{address}{API}/workspaces/kim/x/start", headers=headers)
        assert other.status_code == 409
    assert hub.servers == []


def test_keys_of_the_same_letters_are_each_members_own(stage: Stage) -> None:
    assert start(stage, "abc").status_code == 202
    other = start(stage, "abc", "park", "workspaces/park/nlp/start")
    assert (other.status_code, REPLAYED in other.headers) == (202, False)


def test_what_failed_may_be_sent_again_with_its_key(stage: Stage) -> None:
    headers = {"Idempotency-Key": "abc"}
    path = "account/tokens"
    stage.hub.answers["POST", "/users/kim/tokens"] = HubUnreachableError("Gone.", "")
    body = {"note": "mine"}
    assert stage.call("POST", path, json=body, headers=headers).status_code == 503
    made = {"id": "a1", "token": "hush-hush", "scopes": [], "note": "mine"}
    stage.hub.answers["POST", "/users/kim/tokens"] = made
    answer = stage.call("POST", path, json=body, headers=headers)
    assert (answer.status_code, answer.json()["token"]) == (201, "hush-hush")


def test_what_is_told_once_is_not_kept(stage: Stage) -> None:
    headers = {"Idempotency-Key": "abc"}
    made = {"name": "new", "state": "active", "admin": False, "password": "hush-hush"}
    stage.hub.answers["POST", "/accounts"] = made
    body = {"name": "new", "password": "also-hush-hush"}
    first = stage.call("POST", "people", "root", json=body, headers=headers)
    assert first.json()["password"] == "hush-hush"
    again = stage.call("POST", "people", "root", json=body, headers=headers)
    assert (again.status_code, again.json()) == (201, {**first.json(), "password": None})
    with stage.portal.host.database.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM labdock_answer")).all()
    assert "hush" not in repr(row)
    assert '"name": "new"' in row.body


def test_other_rights_get_no_answer_that_was_not_theirs(stage: Stage) -> None:
    assert start(stage, "abc").status_code == 202
    stage.hub.scopes["kim"] = [SCOPE, "servers!user=kim", "read:users!user=kim"]
    stage.hub.revoked.add("token-kim")
    stage.portal.callers._kept.clear()
    assert start(stage, "abc").status_code == 401
    stage.hub.revoked.clear()
    refused = start(stage, "abc")
    assert refused.status_code == 409
    assert len(stage.hub.servers) == 1


@pytest.mark.parametrize("key", ["two words", "x" * 129, "", "\x7f"])
def test_a_key_that_is_none_is_refused(stage: Stage, key: str) -> None:
    answer = stage.call("POST", START, headers={"Idempotency-Key": key.encode()})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert stage.hub.servers == []


def test_whoever_is_not_let_in_uses_no_key_up(stage: Stage) -> None:
    headers = {"Idempotency-Key": "abc"}
    assert stage.call("POST", START, None, headers=headers).status_code == 401
    large = stage.call("POST", START, content=b"x" * 2_000_000, headers=headers)
    assert large.status_code == 413
    assert start(stage, "abc").status_code == 202


def test_while_the_first_is_under_way_the_second_is_told_to_wait(stage: Stage) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> dict[str, object]:
        begun.set()
        assert go_on.wait(30)
        return {"id": "a1", "token": "t", "scopes": []}

    stage.hub.answers["POST", "/users/kim/tokens"] = slow
    path, headers = "account/tokens", {"Idempotency-Key": "abc"}
    answers: list[httpx.Response] = []

    def first() -> None:
        answers.append(stage.call("POST", path, json={}, headers=headers))

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(30)
    second = stage.call("POST", path, json={}, headers=headers)
    assert (second.status_code, second.headers["retry-after"]) == (409, "1")
    go_on.set()
    thread.join(30)
    assert answers[0].status_code == 201
    assert stage.call("POST", path, json={}, headers=headers).status_code == 201


# the keys themselves --------------------------------------------------------------------------
WHO = Caller("kim", "member", frozenset({"servers!user=kim"}))


def test_nobody_knows_how_a_request_ended_whose_portal_was_killed(host: Host) -> None:
    keys = Keys(host, b"secret")
    assert keys.begin("kim", "abc", keys.digest(WHO, b"start")) is None
    with pytest.raises(BusyError, match="under way"):
        keys.begin("kim", "abc", keys.digest(WHO, b"start"))
    after = Keys(host, b"secret")
    with pytest.raises(ConflictError, match="stopped while"):
        after.begin("kim", "abc", after.digest(WHO, b"start"))


def test_keys_are_swept_after_a_day(host: Host, clock: Clock) -> None:
    keys = Keys(host, b"secret")
    for key in ("one", "two"):
        assert keys.begin("kim", key, "d") is None
        keys.end("kim", key, Kept(204))
    clock.now += KEPT_SECONDS - 1
    assert keys.begin("kim", "one", "d") == Kept(204)
    clock.now += 2
    assert keys.begin("kim", "one", "another") is None
    clock.now += KEPT_SECONDS + 1
    assert keys.begin("lee", "three", "d") is None
    with host.database.connect() as connection:
        rows = connection.execute(text("SELECT who FROM labdock_answer")).scalars().all()
    assert rows == ["lee"]


def test_nobody_fills_the_database_with_keys(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "MOST", 3)
    keys = Keys(host, b"secret")
    for number in range(3):
        assert keys.begin("kim", str(number), "d") is None
    with pytest.raises(TooOftenError):
        keys.begin("kim", "more", "d")
    assert keys.begin("lee", "more", "d") is None


def test_a_digest_is_worth_nothing_without_the_portals_secret(host: Host) -> None:
    one, other = Keys(host, b"secret"), Keys(host, b"another")
    assert one.digest(WHO, b"a", b"bc") != one.digest(WHO, b"ab", b"c")
    assert one.digest(WHO, b"a") != other.digest(WHO, b"a")
