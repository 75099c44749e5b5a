"""Announcements, audit, reservations, notices and ports by the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.hub.portal.conftest import SCOPE, Make, Stage
from tests.hub.portal.hub_answers import RESERVATION, SHARE
from tests.hub.portal.test_workspaces_api import lab
from workspace_cli.core import announcements, audit, environments, lineage, notices, reading
from workspace_cli.core.errors import NoFreeGpuError

__all__ = ["lab"]


def moment(stage: Stage, hours: float) -> str:
    return (datetime.fromtimestamp(stage.clock.now, UTC) + timedelta(hours=hours)).isoformat()


def test_what_an_admin_announces_everybody_is_told_until_it_is_withdrawn(stage: Stage) -> None:
    body = {"text": "Tonight.", "korean": "오늘 밤.", "ends": moment(stage, 2), "maintenance": True}
    made = stage.call("POST", "announcements", "root", json=body)
    assert made.status_code == 201
    assert not announcements.is_open(stage.portal.host)
    (told,) = stage.call("GET", "announcements", "kim").json()["items"]
    assert told == made.json()
    assert (told["korean"], told["made_by"]) == ("오늘 밤.", "root")
    assert stage.call("DELETE", f"announcements/{told['id']}", "kim").status_code == 403
    assert stage.call("DELETE", f"announcements/{told['id']}", "root").status_code == 204
    assert stage.call("DELETE", f"announcements/{told['id']}", "root").status_code == 404
    assert announcements.is_open(stage.portal.host)
    done = [one["action"] for one in stage.call("GET", "audit", "root").json()["items"]]
    assert sorted(done) == ["maintenance", "withdraw-announcement"]


@pytest.mark.parametrize("change", [{"text": " "}, {"ends": "2020-01-01T00:00:00Z"}, {"ends": "x"}])
def test_an_announcement_that_nobody_would_see_is_refused(
    stage: Stage, change: dict[str, str]
) -> None:
    body = {"text": "Tonight.", "ends": moment(stage, 2), **change}
    assert stage.call("POST", "announcements", "root", json=body).status_code == 422


def test_the_audit_trail_shows_nothing_twice_while_more_is_added(stage: Stage) -> None:
    for number in range(5):
        stage.clock.now += number % 2
        audit.record(stage.portal.host, "root", "count", str(number))
    seen: list[str] = []
    after = ""
    while True:
        page = stage.call("GET", f"audit?limit=2&after={after}", "root").json()
        seen += [one["subject"] for one in page["items"]]
        stage.clock.now += 1
        audit.record(stage.portal.host, "root", "meanwhile", "later")
        if (after := page["next"]) is None:
            break
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert stage.call("GET", "audit?after=nothing", "root").status_code == 422
    assert stage.call("GET", "audit", "lee").status_code == 403


def test_gpus_are_reserved_by_the_hub(stage: Stage) -> None:
    body = {"gpus": "2", "group": "nlp", "ends": "2027-03-01T09:00:00+09:00", "note": "class"}
    made = stage.call("POST", "reservations", "root", json=body)
    assert (made.status_code, made.json()["id"]) == (201, RESERVATION["id"])
    asked = {**body, "owner": None, "begins": None, "ends": 1803859200.0}
    assert ("POST", "/reservations", asked, "token-root") in stage.hub.calls
    stage.hub.answers["POST", "/reservations"] = NoFreeGpuError("One of two is.", "")
    assert stage.call("POST", "reservations", "root", json=body).status_code == 409
    (listed,) = stage.call("GET", "reservations", "root").json()["items"]
    assert listed["begins"] == "2027-01-15T08:00:00+00:00"
    assert stage.call("DELETE", f"reservations/{listed['id']}", "root").status_code == 204


def tell(stage: Stage, owner: str = "kim", workspace: str = "default") -> str:
    now = stage.clock.now
    values: dict[str, Any] = {"ends": now + 600, "minutes": 10}
    database = stage.portal.host.database
    return notices.tell(database, owner, workspace, "idle_warning", values, now=now).id


def test_a_notice_is_read_and_answered_by_whom_it_is_for(lab: Stage) -> None:
    notice = tell(lab)
    (told,) = lab.call("GET", "notices").json()["items"]
    assert (told["id"], told["answers"]) == (notice, ["keep", "dismiss"])
    korean = lab.call("GET", "notices", headers={"Accept-Language": "ko"}).json()["items"]
    assert korean[0]["text"] != told["text"]
    assert lab.call("GET", "notices", "park").json()["items"] == []
    assert lab.call("POST", f"notices/{notice}/keep", "park").status_code == 404
    assert lab.call("POST", f"notices/{notice}/keep").status_code == 204
    assert ("POST", "/idle/kim/default/keep", {}, "token-kim") in lab.hub.calls
    assert lab.call("GET", "notices").json()["items"] == []


def test_a_token_that_only_reads_answers_no_notice(lab: Stage) -> None:
    notice = tell(lab)
    lab.hub.scopes["kim"] = [SCOPE, "access:servers!server=kim/"]
    assert len(lab.call("GET", "notices").json()["items"]) == 1
    assert lab.call("POST", f"notices/{notice}/dismiss").status_code == 403
    assert lab.call("POST", "disk").status_code == 403


def test_an_idle_workspace_is_kept_and_a_broken_one_shows_its_way_back(lab: Stage) -> None:
    assert lab.call("POST", "workspaces/kim/nlp/keep").json()["message"]
    assert lab.call("POST", "workspaces/park/default/keep").status_code == 404
    nothing: dict[str, object] = {"image": None, "title": "", "options": {}}
    assert lab.call("GET", "workspaces/kim/default/way-back").json() == nothing
    found = {"image": "labdock/base:latest", "title": "Base", "save_first": False, "fields": {}}
    lab.hub.answers["GET", "/way-back/kim/nlp"] = {"way_back": found}
    back = lab.call("GET", "workspaces/kim/nlp/way-back").json()
    taken = lab.call("POST", "workspaces/kim/nlp/start", json={"options": back["options"]})
    assert taken.status_code == 202
    assert lab.hub.servers[-1][3]["image"] == "labdock/base:latest"


def test_ports_are_listed_and_shared_for_a_while(lab: Stage) -> None:
    ports = [{"port": 6006, "host": 9201, "url": "/user/kim/nlp/proxy/6006/"}]
    lab.hub.answers["GET", "/ports/kim"] = {
        "workspaces": [{"workspace": "nlp", "server": "nlp", "ports": ports}],
        "shares": [SHARE],
    }
    lab.hub.answers["GET", "/ports"] = [{**SHARE, "owner": "park", "with": "kim"}]
    assert lab.call("GET", "ports").json()["items"] == [{"workspace": "nlp", **ports[0]}]
    (mine,) = lab.call("GET", "port-shares").json()["items"]
    assert (mine["owner"], mine["member"]) == ("kim", "park")
    (theirs,) = lab.call("GET", "port-shares?received=true").json()["items"]
    assert (theirs["owner"], theirs["member"]) == ("park", "kim")
    body = {"workspace": "nlp", "port": 6006, "member": "park", "seconds": 600}
    assert lab.call("POST", "port-shares/kim", json=body).status_code == 201
    asked = {"workspace": "nlp", "port": 6006, "with": "park", "seconds": 600}
    assert ("POST", "/port-shares/kim", asked, "token-kim") in lab.hub.calls
    assert lab.call("DELETE", f"port-shares/kim/{SHARE['id']}").status_code == 204
    assert lab.call("POST", "port-shares/park", json=body).status_code == 404
    assert lab.call("GET", "ports?owner=park").status_code == 404
    assert lab.call("GET", "ports?owner=kim", "root").status_code == 200


def test_the_disk_is_measured_when_somebody_asks(lab: Stage) -> None:
    lab.hub.answers["POST", "/disk/kim"] = {"level": "hard", "soft": 5, "hard": 6}
    assert lab.call("POST", "disk").json()["level"] == "hard"
    assert lab.call("POST", "disk?owner=park").status_code == 404


def test_owners_are_told_by_an_admin_in_words_of_their_own(lab: Stage) -> None:
    body = {"text": "Please stop by six.", "workspaces": ["kim/default", "park/default"]}
    answer = lab.call("POST", "notices", "root", json=body)
    assert (answer.status_code, answer.json()) == (202, {"owners": ["kim", "park"]})
    (told,) = lab.call("GET", "notices", "park").json()["items"]
    assert "Please stop by six." in told["text"]
    assert lab.call("POST", "notices", "kim", json=body).status_code == 403
    body = {"text": "x", "workspaces": ["nobody/nothing"]}
    assert lab.call("POST", "notices", "root", json=body).status_code == 404


def test_a_rule_of_retention_is_looked_at_before_it_removes(stage: Stage, make: Make) -> None:
    make("kim", "study")
    host = stage.portal.host
    workspace = reading.find(host, "kim/study")
    names = []
    for number in range(3):
        stage.clock.now += 10
        names.append(environments.commit(host, workspace, f"vision:v{number}").reference)
    path = "environments-prune?keep_last=1"
    shown = stage.call("GET", path, "root").json()["items"]
    going = {one["reference"] for one in shown if one["goes"]}
    assert len(going) == 2
    assert going < set(names)
    assert all(one["reason"] for one in shown)
    staying = next(one for one in names if one not in going)
    body = {"references": [*going, staying], "keep_last": 1}
    assert stage.call("POST", "environments-prune", "kim", json=body).status_code == 403
    done = stage.call("POST", "environments-prune", "root", json=body).json()
    assert (set(done["gone"]), done["failed"], done["stayed"]) == (going, [], [staying])
    left = {one.reference for one in lineage.environments(host)}
    assert left & set(names) == {staying}
