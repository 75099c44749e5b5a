"""Workspaces by the API: who sees which, and what is asked of the hub with whose token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from hub.portal import events_api
from hub.portal.portal import API
from hub.portal.servers import users_path
from hub.portal.streams import MOST_STREAMS
from tests.hub.portal.conftest import SCOPE, Stage
from tests.hub.portal.test_live import IMAGE, make, server
from tests.support import eventually
from workspace_cli.core import audit, naming
from workspace_cli.core.errors import NoFreeGpuError

GPU = {
    "id": "GPU-1", "index": 0, "slice": None, "model": "H100", "memory": 80, "used": 8,
    "utilisation": 50, "temperature": 40, "state": "leased", "why": "", "seats": 1,
    "holders": [
        {"name": "kim/default", "owner": "kim", "workspace": "default", "since": 0, "until": None}
    ],
}  # fmt: skip


@pytest.fixture
def lab(stage: Stage) -> Stage:
    """A portal with two members' workspaces."""
    stage.engine.add_image(IMAGE)
    users = {"kim": [server(), server("nlp", ready=False, stopped=True)], "park": [server()]}
    stage.hub.answers["GET", users_path(0)] = [
        {"name": name, "servers": {one["name"]: one for one in found}}
        for name, found in users.items()
    ]
    stage.hub.answers["GET", "/gpus"] = [GPU]
    for owner, found in users.items():
        model = {"name": owner, "servers": {one["name"]: one for one in found}}
        stage.hub.answers["GET", f"/users/{owner}?include_stopped_servers=true"] = model
        make(stage.engine, owner)
    stage.portal.live.look()
    return stage


def listed(lab: Stage, who: str, query: str = "") -> list[str]:
    answer = lab.call("GET", f"workspaces{query}", who)
    assert answer.status_code == 200, answer.text
    return [f"{one['owner']}/{one['name']}" for one in answer.json()["items"]]


def test_a_member_sees_their_own_and_an_admin_everybodys(lab: Stage) -> None:
    assert listed(lab, "kim") == ["kim/default", "kim/nlp"]
    assert listed(lab, "root") == ["kim/default", "kim/nlp", "park/default"]
    assert listed(lab, "root", "?owner=park") == ["park/default"]
    assert lab.call("GET", "workspaces?owner=park", "kim").status_code == 403
    assert lab.call("GET", "workspaces/park/default", "kim").status_code == 404


def test_an_admins_limited_token_sees_their_own_alone(lab: Stage) -> None:
    lab.hub.scopes["root"] = [SCOPE]
    assert listed(lab, "root") == []
    assert lab.call("GET", "events?everyone=true", "root").status_code == 403


@pytest.mark.parametrize(
    "query, expected",
    [
        ("?q=PARK", ["park/default"]),
        ("?q=kim+stopped", ["kim/nlp"]),
        ("?state=stopped", ["kim/nlp"]),
        ("?sort=-name", ["park/default", "kim/nlp", "kim/default"]),
        ("?sort=state", ["kim/default", "park/default", "kim/nlp"]),
        ("?sort=created&limit=1&after=kim/nlp", []),
    ],
)
def test_a_list_is_searched_and_sorted(lab: Stage, query: str, expected: list[str]) -> None:
    assert listed(lab, "root", query) == expected


def test_a_list_comes_in_pages(lab: Stage) -> None:
    first = lab.call("GET", "workspaces?limit=2", "root").json()
    assert (first["total"], first["next"]) == (3, "kim/nlp")
    assert listed(lab, "root", "?limit=2&after=kim/nlp") == ["park/default"]
    assert lab.call("GET", "workspaces?after=kim/gone", "root").status_code == 422


def test_the_hub_is_asked_with_the_callers_own_token(lab: Stage) -> None:
    answer = lab.call("POST", "workspaces/kim/nlp/start", "kim", json={"options": {"wait": True}})
    assert answer.status_code == 202
    assert lab.call("POST", "workspaces/kim/default/stop", "kim").status_code == 202
    assert lab.hub.servers == [
        ("start", "token-kim", "kim/nlp", {"wait": True}),
        ("stop", "token-kim", "kim/default", {}),
    ]


def test_what_was_stopped_behind_the_hubs_back_is_stopped_there_before_it_starts(
    lab: Stage,
) -> None:
    lab.engine.stop(naming.container_name("kim", "default"))
    lab.portal.live.list_containers()
    assert lab.call("POST", "workspaces/kim/default/start", "kim").status_code == 202
    assert [what for what, _, _, _ in lab.hub.servers] == ["stop", "start"]


@pytest.mark.parametrize("action", ["start", "stop", "restart", "extend"])
def test_nobody_steers_somebody_elses(lab: Stage, action: str) -> None:
    assert lab.call("POST", f"workspaces/park/default/{action}", "kim").status_code == 404
    assert lab.hub.servers == []


def test_a_token_that_only_reads_starts_nothing(lab: Stage) -> None:
    lab.hub.scopes["kim"] = [SCOPE]
    assert listed(lab, "kim") == ["kim/default", "kim/nlp"]
    assert lab.call("POST", "workspaces/kim/nlp/start", "kim").status_code == 403
    assert lab.hub.servers == []


def test_an_unknown_option_or_a_bad_name_starts_nothing(lab: Stage) -> None:
    body = {"options": {"privileged": True}}
    assert lab.call("POST", "workspaces/kim/nlp/start", "kim", json=body).status_code == 422
    assert lab.call("POST", "workspaces/kim/N%20P/start", "kim").status_code == 422
    assert lab.hub.servers == []


def test_the_same_key_does_it_once(lab: Stage) -> None:
    for _ in range(2):
        headers = {"Idempotency-Key": "abc"}
        answer = lab.call("POST", "workspaces/kim/nlp/start", "kim", headers=headers)
        assert answer.status_code == 202
    assert len(lab.hub.servers) == 1
    other = lab.call("POST", "workspaces/kim/default/stop", "kim", headers=headers)
    assert other.status_code == 409
    # Another member's key of the same letters is another key.
    assert lab.call("POST", "workspaces/park/x/start", "park", headers=headers).status_code == 202


def test_a_lease_is_extended_by_the_hub(lab: Stage) -> None:
    lab.hub.answers["POST", "/leases/kim/default/extend"] = {"message": "Until ten.", "ends": 1.0}
    answer = lab.call("POST", "workspaces/kim/default/extend", "kim")
    assert answer.json()["message"] == "Until ten."
    lab.hub.answers["POST", "/leases/kim/default/extend"] = NoFreeGpuError("Somebody waits.", "")
    refused = lab.call("POST", "workspaces/kim/default/extend", "kim")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Somebody waits.")


def test_what_the_command_line_made_is_not_steered_by_the_hub(lab: Stage) -> None:
    make(lab.engine, "kim", "study", kind="standalone")
    lab.portal.live.look()
    assert lab.call("POST", "workspaces/kim/study/stop", "kim").status_code == 409
    assert lab.call("DELETE", "workspaces/kim/default", "kim").status_code == 409


def test_gpus_and_line_are_everybodys_and_the_disk_ones_own(lab: Stage) -> None:
    (gpu,) = lab.call("GET", "gpus", "park").json()["items"]
    assert (gpu["id"], gpu["holders"][0]["owner"]) == ("GPU-1", "kim")
    assert lab.call("GET", "queue", "park").json() == {"items": []}
    lab.hub.answers["GET", "/disk/kim"] = {"level": "soft", "soft": 5, "hard": None}
    assert lab.call("GET", "disk", "kim").json()["soft"] == 5
    assert lab.call("GET", "disk?owner=park", "kim").status_code == 404
    assert lab.call("GET", "disk?owner=kim", "root").status_code == 200


def test_what_an_admin_does_to_others_is_recorded_and_no_more(lab: Stage) -> None:
    assert lab.call("POST", "workspaces/kim/default/stop", "kim").status_code == 202
    assert lab.call("POST", "workspaces/kim/default/stop", "root").status_code == 202
    found = audit.entries(lab.portal.host)
    assert [(one.actor, one.action, one.subject) for one in found] == [
        ("root", "stop", "kim/default")
    ]


# events ---------------------------------------------------------------------------------------
class Events:
    """What a stream has told."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next(self) -> tuple[str, Any]:
        """Return the next event and its data."""
        name = ""
        for line in self._lines:
            kind, _, value = line.partition(": ")
            if kind == "event":
                name = value
            elif kind == "data":
                return name, json.loads(value)
        raise AssertionError("the stream has ended")


def following(lab: Stage, who: str, query: str = "") -> Any:
    headers = {"Authorization": f"Bearer token-{who}"}
    return lab.client.stream("GET", f"{API}/events{query}", headers=headers)


def test_a_member_is_told_of_their_own_workspaces_and_no_others(lab: Stage) -> None:
    with following(lab, "kim") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = Events(answer.iter_lines())
        name, data = events.next()
        assert name == "snapshot"
        assert {one["owner"] for one in data["workspaces"]} == {"kim"}
        make(lab.engine, "park", "secret", kind="standalone")
        make(lab.engine, "kim", "study", kind="standalone")
        name, data = events.next()
        assert name == "workspaces"
        assert [one["name"] for one in data["workspaces"]] == ["study"]
    eventually(lambda: not lab.portal.streams.open)


def test_a_page_that_is_closed_before_its_stream_began_counts_no_more(lab: Stage) -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        await asyncio.sleep(3600)  # nobody reads any more

    begun, ended = [], []

    async def stream() -> AsyncIterator[str]:
        begun.append(True)
        yield "data: never\n\n"

    answer = events_api.Following(stream(), lambda: ended.append(True))
    asyncio.run(answer({"type": "http"}, receive, send))
    assert (begun, ended) == ([], [True])


def test_an_admin_is_told_of_everybody_and_of_what_is_gone(lab: Stage) -> None:
    with following(lab, "root", "?everyone=true") as answer:
        events = Events(answer.iter_lines())
        assert len(events.next()[1]["workspaces"]) == 3
        name = make(lab.engine, "lee", "study", kind="standalone")
        assert events.next()[1]["workspaces"][0]["owner"] == "lee"
        lab.engine.remove(name, force=True)
        while "lee/study" not in events.next()[1]["gone"]:
            pass


def test_a_stream_ends_with_the_login(lab: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_api, "HEARTBEAT_SECONDS", 0.2)
    with following(lab, "kim") as answer:
        events = Events(answer.iter_lines())
        assert events.next()[0] == "snapshot"
        lab.hub.revoked.add("token-kim")
        while events.next()[0] != "end":
            pass
        with pytest.raises(AssertionError, match="ended"):
            events.next()


def test_a_member_opens_so_many_streams_and_no_more(lab: Stage) -> None:
    lab.portal.streams.open["kim"] = MOST_STREAMS
    answer: httpx.Response = lab.call("GET", "events", "kim")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
