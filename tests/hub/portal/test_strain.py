"""What happens where something gives way: rights end, threads are taken, rows cannot be kept."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.exc import OperationalError

from hub.portal import acting as acting_module
from hub.portal import events_api, grading_queue, submissions
from hub.portal.grading import Grader
from hub.portal.sign_in import STATE
from tests.hub.portal.conftest import FakeLessons, FakeServers, Make, Stage
from tests.hub.portal.test_grading import Runs, handed, images, outcome, state
from tests.hub.portal.test_workspaces_api import Events, following, lab
from tests.support import eventually
from workspace_cli.core import look
from workspace_cli.core.errors import TooOftenError
from workspace_cli.core.host import Host

__all__ = ["images", "lab"]


def broken(*_: object, **__: object) -> Any:
    raise OperationalError("UPDATE", {}, Exception("database or disk is full"))


# rights that end ------------------------------------------------------------------------------
def test_who_is_no_admin_any_more_is_told_of_everybody_no_more(
    lab: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_api, "HEARTBEAT_SECONDS", 0.2)
    lab.portal.accounts.set_admin("lee", True)
    lab.hub.scopes["lee"] = lab.hub.whose("token-root")["scopes"]  # type: ignore[index]
    with following(lab, "lee", "?everyone=true") as answer:
        lines = answer.iter_lines()
        assert len(Events(lines).next()[1]["workspaces"]) == 3
        lab.portal.accounts.set_admin("lee", False)
        told = (line for line in lines if line.startswith(("event", ": still")))
        assert next(told) == "event: end"


def test_a_member_follows_their_own_on_and_on(lab: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_api, "HEARTBEAT_SECONDS", 0.1)
    with following(lab, "kim") as answer:
        lines = answer.iter_lines()
        assert Events(lines).next()[0] == "snapshot"
        assert next(line for line in lines if line.startswith(":")) == ": still here"


# what is done is told as done -----------------------------------------------------------------
def test_a_lease_that_was_extended_is_told_so_though_the_picture_cannot_be_read(
    lab: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.hub.answers["POST", "/leases/kim/default/extend"] = {"message": "It ends later.", "ends": 1}
    monkeypatch.setattr("hub.portal.live.read_rows", broken)
    answer = lab.call("POST", "workspaces/kim/default/extend", "kim")
    assert (answer.status_code, answer.json()["message"]) == (200, "It ends later.")


def test_what_an_admin_did_is_told_so_though_nobody_can_write_it_down(
    lab: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("workspace_cli.core.audit.record", broken)
    assert lab.call("POST", "workspaces/kim/default/stop", "root").status_code == 202
    assert "root stop kim/default" in caplog.text


def test_an_error_of_our_own_in_a_start_is_shown_and_in_the_log(
    lab: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun = threading.Event()

    def start_server(self: FakeServers, *_: object) -> None:
        begun.wait(10)
        raise KeyError("status")

    monkeypatch.setattr(FakeServers, "start_server", start_server)
    monkeypatch.setattr(acting_module, "SOON_SECONDS", 0.05)
    assert lab.call("POST", "workspaces/kim/nlp/start", "kim").status_code == 202
    begun.set()
    eventually(lambda: lab.portal.live.board.picture.workspaces["kim", "nlp"].state == "failed")
    assert "KeyError" in caplog.text


# nobody keeps the others waiting --------------------------------------------------------------
def test_one_member_does_not_take_all_threads_from_the_others(
    lab: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = threading.Event()

    def start_server(self: FakeServers, owner: str, *_: object) -> None:
        if owner == "kim":
            end.wait(20)

    monkeypatch.setattr(FakeServers, "start_server", start_server)
    monkeypatch.setattr(acting_module, "SOON_SECONDS", 0.01)
    try:
        statuses = {
            lab.call("POST", "workspaces/kim/nlp/start", "kim").status_code
            for _ in range(acting_module.THREADS + 4)
        }
        assert statuses == {202, 429}
        lab.hub.answers["POST", "/leases/park/default/extend"] = {"message": "Later.", "ends": 1}
        begun = time.monotonic()
        assert lab.call("POST", "workspaces/park/default/extend", "park").status_code == 200
        assert time.monotonic() - begun < 10
    finally:
        end.set()


def test_who_looks_at_what_changed_does_not_take_all_threads_of_the_pages(
    stage: Stage, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    end = threading.Event()

    def preview(*_: object, **__: object) -> Any:
        end.wait(20)
        raise TooOftenError("Enough.", "Stop.", seconds=1)

    monkeypatch.setattr(look, "preview", preview)
    with ThreadPoolExecutor(50) as browsers:
        try:
            asked = [
                browsers.submit(stage.call, "GET", "workspaces/kim/study/preview")
                for _ in range(50)
            ]
            eventually(lambda: sum(one.done() for one in asked) >= 20)
            begun = time.monotonic()
            assert stage.call("GET", "account").status_code == 200
            assert time.monotonic() - begun < 5
        finally:
            end.set()
        assert {one.result().status_code for one in asked} == {429}


# grading --------------------------------------------------------------------------------------
@pytest.mark.usefixtures("images")
def test_verdicts_that_could_not_be_kept_are_graded_anew(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = handed(host)
    one = Grader(host, FakeLessons(), Runs(outcome(mse=True)))
    with monkeypatch.context() as patched:
        patched.setattr(grading_queue, "finish", broken)
        with pytest.raises(OperationalError):
            one.step()
        assert state(host, wanted) == "running"
    one.step()
    assert state(host, wanted) == "done"


@pytest.mark.usefixtures("images")
def test_what_can_never_be_kept_is_given_up(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = handed(host)
    one = Grader(host, FakeLessons(), Runs(outcome(mse=True)))
    monkeypatch.setattr(grading_queue, "finish", broken)
    for _ in range(grading_queue.TRIES):
        with pytest.raises(OperationalError):
            one.step()
    assert one.step() is False
    assert submissions.submission(host, wanted, "kim")[0].state == "failed"


@pytest.mark.usefixtures("images")
def test_a_worker_outlives_leftovers_that_cannot_be_looked_for(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Grader(host, FakeLessons(), Runs(outcome(mse=True)), workers=1)
    monkeypatch.setattr("hub.portal.grading.reap", broken)
    one.start()
    wanted = handed(host)
    one.wake()
    eventually(lambda: state(host, wanted) == "done")
    time.sleep(0.2)
    again = handed(host, mse="b")
    one.wake()
    eventually(lambda: state(host, again) == "done")
    one.stop()


# logging in -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "query, back", [("q=%EA%B9%80", "/services/portal/lab?q=%EA%B9%80"), ("q=" + "x" * 4000, None)]
)
def test_an_address_is_come_back_to_as_long_as_a_browser_keeps_it(
    stage: Stage, query: str, back: str | None
) -> None:
    answer = stage.client.get(f"/services/portal/lab?{query}")
    (kept,) = (row for row in answer.headers.get_list("set-cookie") if row.startswith(STATE))
    assert len(kept) < 3500
    wanted = parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]
    done = stage.client.get(f"/services/portal/oauth_callback?code=code-root&state={wanted}")
    assert done.headers["location"] == (back or "/services/portal/lab")


def test_logins_that_were_begun_never_fill_a_request(stage: Stage) -> None:
    for number in range(12):
        stage.client.get(f"/services/portal/lab?q={number}{'x' * 1500}")
        sent = "; ".join(f"{one.name}={one.value}" for one in stage.client.cookies.jar)
        assert len(sent) < 9000
