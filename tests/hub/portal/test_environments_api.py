"""Environments and workspaces through the API: who sees what, saving, rolling back, sharing."""

from __future__ import annotations

from typing import Any

import pytest

from hub.portal.operations import Operations
from tests.hub.portal.conftest import BASE, Make, Stage
from tests.support import eventually


def ended(stage: Stage, operation: str, who: str = "kim") -> dict[str, Any]:
    """Wait for the end of an operation."""
    rows: list[dict[str, Any]] = []

    def over() -> bool:
        rows.append(stage.call("GET", f"operations/{operation}", who).json())
        return rows[-1]["state"] in ("done", "failed")

    eventually(over, 30)
    return rows[-1]


def saved(stage: Stage, who: str = "kim", workspace: str = "study", **body: Any) -> str:
    """Save a workspace and return the environment's reference."""
    stage.clock.now += 1  # names are made of the time
    answer = stage.call("POST", f"workspaces/{who}/{workspace}/environments", who, json=body)
    assert answer.status_code == 202, answer.text
    found = ended(stage, answer.json()["id"], who)
    assert found["state"] == "done", found
    return str(found["result"]["reference"])


def references(stage: Stage, who: str = "kim", **query: Any) -> list[str]:
    rows = stage.call("GET", "environments", who, params=query).json()["items"]
    return [row["reference"] for row in rows]


def test_a_save_is_told_from_its_beginning_to_its_end(stage: Stage, make: Make) -> None:
    make()
    answer = stage.call(
        "POST", "workspaces/kim/study/environments", json={"name": "vision:v1", "note": "figlet"}
    )
    assert answer.status_code == 202
    made = answer.json()
    assert answer.headers["location"].endswith(f"/operations/{made['id']}")
    assert (made["kind"], made["workspace"]) == ("save", "kim/study")
    found = ended(stage, made["id"])
    assert found["result"]["reference"] == "labdock/kim/vision:v1"
    assert found["result"]["not_saved"] == ["/workspace"]
    row = stage.call("GET", "environments/labdock/kim/vision:v1").json()
    assert (row["access"], row["note"], row["saved_from"]) == ("own", "figlet", "kim/study")
    assert row["parent"] == BASE


def test_members_see_the_labs_images_and_their_own_alone(stage: Stage, make: Make) -> None:
    make()
    make("park", "work")
    mine, other = saved(stage), saved(stage, "park", "work")
    assert references(stage) == [BASE, mine]
    assert references(stage, "park") == [BASE, other]
    assert {mine, other} < set(references(stage, "root"))
    assert references(stage, "root", owner="park") == [other]
    assert stage.call("GET", "environments", params={"owner": "park"}).status_code == 403
    for end in ("", "/history", "/grants"):
        assert stage.call("GET", f"environments/{other}{end}").status_code == 404
    assert stage.call("DELETE", f"environments/{other}").status_code == 404


def test_who_else_works_on_an_image_of_the_lab_is_not_told(stage: Stage, make: Make) -> None:
    make()
    make("park", "work")
    row = stage.call("GET", f"environments/{BASE}").json()
    assert (row["access"], row["used_by"]) == ("lab", ["kim/study"])
    assert stage.call("GET", f"environments/{BASE}", "root").json()["used_by"] == [
        "kim/study",
        "park/work",
    ]


@pytest.mark.parametrize(
    "method, end, body",
    [("GET", "preview", None), ("POST", "environments", {}), ("POST", "rollback", {})],
)
def test_somebody_elses_workspace_is_not_there(
    stage: Stage, make: Make, method: str, end: str, body: Any
) -> None:
    make("park", "work")
    there = stage.call(method, f"workspaces/park/work/{end}", json=body)
    absent = stage.call(method, f"workspaces/park/none/{end}", json=body)
    assert (there.status_code, absent.status_code) == (404, 404)
    assert there.json()["detail"].replace("work", "none") == absent.json()["detail"].replace(
        "work", "none"
    )


def test_an_admin_saves_for_its_owner(stage: Stage, make: Make) -> None:
    make("park", "work")
    answer = stage.call("POST", "workspaces/park/work/environments", "root", json={})
    found = ended(stage, answer.json()["id"], "root")
    assert found["result"]["reference"].startswith("labdock/park/work:")
    assert stage.call("GET", f"operations/{found['id']}", "park").status_code == 404


def test_an_admins_workspace_has_no_rights_over_others(stage: Stage, make: Make) -> None:
    make("park", "work")
    stage.hub.scopes["root"] = ["access:services!service=portal", "access:servers!server=root/"]
    assert references(stage, "root") == [BASE]
    answer = stage.call("POST", "workspaces/park/work/environments", "root", json={})
    assert answer.status_code == 404


def test_the_same_key_saves_once(stage: Stage, make: Make) -> None:
    make()
    key = {"Idempotency-Key": "k1"}
    ids = {
        stage.call(
            "POST", "workspaces/kim/study/environments", json={"name": "a:1"}, headers=key
        ).json()["id"]
        for _ in range(3)
    }
    assert len(ids) == 1
    ended(stage, ids.pop())
    other = stage.call(
        "POST", "workspaces/kim/study/environments", json={"name": "a:2"}, headers=key
    )
    assert other.status_code == 409


def test_a_failure_is_told_with_the_operation(stage: Stage, make: Make) -> None:
    make()
    reference = saved(stage)
    name = reference.removeprefix("labdock/kim/")
    answer = stage.call("POST", "workspaces/kim/study/environments", json={"name": name})
    found = ended(stage, answer.json()["id"])
    assert found["state"] == "failed"
    assert found["failure"]["status"] == 409
    assert "already" in found["failure"]["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Not Allowed"},
        {"name": "labdock/park/theirs:1"},
        {"note": "x" * 1001},
        {"leave_out": ["relative/path"]},
        {"replace": True},
    ],
)
def test_what_cannot_be_is_refused_at_once(stage: Stage, make: Make, body: Any) -> None:
    make()
    answer = stage.call("POST", "workspaces/kim/study/environments", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_rollback_saves_first_and_starts_through_the_hub_as_the_caller(
    stage: Stage, make: Make
) -> None:
    make()
    first = saved(stage)
    stage.clock.now += 1
    answer = stage.call("POST", "workspaces/kim/study/rollback", json={"reference": first})
    found = ended(stage, answer.json()["id"])
    assert found["state"] == "done", found
    assert found["result"]["reference"] == first
    assert "before-rollback" in found["result"]["kept"]
    (stop, start) = stage.hub.servers
    assert stop[:3] == ("stop", "token-kim", "kim/study")
    assert start[:3] == ("start", "token-kim", "kim/study")
    assert (start[3]["image"], start[3]["fresh"]) == (first, True)


def test_a_rollback_to_somebody_elses_environment_is_refused(stage: Stage, make: Make) -> None:
    make()
    make("park", "work")
    other = saved(stage, "park", "work")
    answer = stage.call("POST", "workspaces/kim/study/rollback", json={"reference": other})
    assert answer.status_code == 404
    assert stage.hub.servers == []


def test_a_workspaces_own_token_saves_and_starts_nothing(stage: Stage, make: Make) -> None:
    make()
    stage.hub.scopes["kim"] = ["access:services!service=portal", "access:servers!server=kim/"]
    saved(stage)
    answer = stage.call("POST", "workspaces/kim/study/rollback", json={})
    assert answer.status_code == 403


def test_sharing_lets_start_and_never_change(stage: Stage, make: Make) -> None:
    make()
    mine = saved(stage)
    assert mine not in references(stage, "park")
    answer = stage.call("PUT", f"environments/{mine}/grants/park")
    assert (answer.status_code, answer.json()["recipient"]) == (200, "park")
    assert mine in references(stage, "park")
    assert stage.call("GET", f"environments/{mine}", "park").json()["access"] == "shared"
    assert stage.call("DELETE", f"environments/{mine}", "park").status_code == 404
    assert stage.call("PUT", f"environments/{mine}/grants/lab", "park").status_code == 404
    listed = stage.call("GET", f"environments/{mine}/grants").json()
    assert [one["recipient"] for one in listed["items"]] == ["park"]
    gone = stage.call("DELETE", f"environments/{mine}/grants/park")
    assert gone.json()["withdrawn"] == ["park"]
    assert mine not in references(stage, "park")


def test_an_environment_in_use_stays_and_another_goes(stage: Stage, make: Make) -> None:
    make()
    mine = saved(stage)
    assert stage.call("DELETE", f"environments/{BASE}", "root").status_code == 403
    assert stage.call("DELETE", f"environments/{mine}").status_code == 204
    assert mine not in references(stage)
    assert stage.call("DELETE", f"environments/{mine}").status_code == 404


def test_history_leaves_out_what_is_not_the_callers(stage: Stage, make: Make) -> None:
    make()
    make("park", "work")
    mine = saved(stage)
    saved(stage, "park", "work")
    rows = stage.call("GET", f"environments/{mine}/history").json()["branches"]
    assert [(row["depth"], row["name"], row["wanted"]) for row in rows] == [
        (0, BASE, False),
        (1, mine, True),
    ]


def test_lists_come_in_pages(stage: Stage, make: Make) -> None:
    make()
    every = [BASE, *(saved(stage, name=f"e:{n}") for n in range(3))]
    first = stage.call("GET", "environments", params={"limit": 3}).json()
    rest = stage.call("GET", "environments", params={"limit": 3, "after": first["next"]}).json()
    assert {row["reference"] for row in first["items"] + rest["items"]} == set(every)
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)


def test_what_was_under_way_when_the_portal_died_is_told_as_failed(
    stage: Stage, make: Make
) -> None:
    host = stage.portal.host
    idle = Operations(host, workers=0)
    made = idle.begin("kim", "kim/study", "save", lambda report: {}, asked={})
    again = Operations(host, workers=0)
    again.start()
    found = again.find(made.id, "kim")
    assert found.state == "failed"
    assert found.failure is not None
    assert "stopped" in found.failure["message"]


def test_one_operation_at_a_time_on_a_workspace(stage: Stage) -> None:
    idle = Operations(stage.portal.host, workers=0)
    idle.begin("kim", "kim/study", "save", lambda report: {}, asked={})
    with pytest.raises(Exception, match="already"):
        idle.begin("root", "kim/study", "rollback", lambda report: {}, asked={})


def test_a_member_has_only_so_much_waiting(stage: Stage) -> None:
    idle = Operations(stage.portal.host, workers=0)
    for number in range(4):
        idle.begin("kim", f"kim/w{number}", "save", lambda report: {}, asked={})
    with pytest.raises(Exception, match="asked for much"):
        idle.begin("kim", "kim/w5", "save", lambda report: {}, asked={})
    idle.begin("park", "park/w", "save", lambda report: {}, asked={})
