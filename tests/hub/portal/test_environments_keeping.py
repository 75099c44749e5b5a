"""Pinned environments and those from elsewhere: on the member's page and by the API."""

from __future__ import annotations

import pytest

from tests.hub.portal.conftest import Make, Stage
from tests.hub.portal.test_bulk import send
from tests.hub.portal.test_images_pages import brought, saved
from tests.hub.portal.test_pages import page
from workspace_cli.core import sharing
from workspace_cli.core.actors import Actor

__all__ = ["brought", "saved"]


def test_a_member_pins_and_unpins_their_own(stage: Stage, saved: list[str]) -> None:
    done = send(stage, "/environments/pin", "kim", reference=saved[0], note="<my> paper")
    assert done.status_code == 303
    text = page(stage, "/environments", "kim")
    assert "&lt;my&gt; paper" in text
    assert text.count('value="unpin"') == 1
    assert "고정 해제" in page(stage, "/environments", "kim", "ko")
    send(stage, "/environments/pin", "kim", reference=saved[0], do="unpin")
    assert 'value="unpin"' not in page(stage, "/environments", "kim")


@pytest.mark.parametrize(
    "language, words",
    [("en", "3 of 10 environments, 6 KiB of 20 GiB"), ("ko", "환경 10개 중 3개, 20 GiB 중 6 KiB")],
)
def test_a_member_reads_how_much_they_may_still_save(
    stage: Stage, saved: list[str], language: str, words: str
) -> None:
    policy = stage.portal.host.settings.policy_file
    assert "3 environments of your own" in page(stage, "/environments", "kim")
    policy.write_text('[roles.member]\nenvironments = 10\nenvironments_size = "20g"\n')
    text = " ".join(page(stage, "/environments", "kim", language).split())
    assert words in text
    policy.write_text("[roles.member]\nenvironments = 3\n")
    assert "full: delete one" in page(stage, "/environments", "kim")


# the API ----------------------------------------------------------------------------------------
def test_a_pin_comes_and_goes_by_the_api(stage: Stage, saved: list[str]) -> None:
    answer = stage.call("PUT", f"environments/{saved[0]}/pin", "kim", json={"note": "mine"})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["pinned"], answer.json()["pin_note"]) == (True, "mine")
    listed = stage.call("GET", "environments", "kim").json()["items"]
    assert {one["reference"] for one in listed if one["pinned"]} == {saved[0]}
    assert stage.call("DELETE", f"environments/{saved[0]}/pin", "kim").status_code == 204
    assert stage.call("DELETE", f"environments/{saved[0]}/pin", "kim").status_code == 404
    # It is the environment's pin that is gone, not the environment.
    assert stage.call("GET", f"environments/{saved[0]}", "kim").json()["pinned"] is False


def test_a_note_is_the_owners_and_admins(stage: Stage, saved: list[str]) -> None:
    host = stage.portal.host
    stage.call("PUT", f"environments/{saved[0]}/pin", "kim", json={"note": "mine"})
    sharing.share(host, saved[0], sharing.parse_recipient("park"), Actor("kim"))
    seen = stage.call("GET", f"environments/{saved[0]}", "park").json()
    assert (seen["pinned"], seen["pin_note"]) == (True, None)
    assert stage.call("GET", f"environments/{saved[0]}", "root").json()["pin_note"] == "mine"
    assert stage.call("PUT", f"environments/{saved[0]}/pin", "park").status_code == 404
    assert stage.call("DELETE", f"environments/{saved[0]}/pin", "park").status_code == 404


def test_the_labs_images_are_not_pinned(stage: Stage, make: Make) -> None:
    assert stage.call("PUT", "environments/labdock/base:latest/pin", "root").status_code == 403


def test_an_admin_allows_what_came_from_elsewhere_by_the_api(stage: Stage, brought: str) -> None:
    path = f"environments/{brought}/trust"
    assert stage.call("GET", f"environments/{brought}", "kim").json()["trusted"] is False
    assert stage.call("PUT", path, "kim").status_code == 403
    answer = stage.call("PUT", path, "root", json={"reason": "looked"})
    assert (answer.status_code, answer.json()["trusted"]) == (200, True)
    assert stage.call("DELETE", path, "root").status_code == 204
    assert stage.call("GET", f"environments/{brought}", "root").json()["trusted"] is False
    assert stage.call("PUT", "environments/labdock/none:v1/trust", "root").status_code == 404
