"""The page and the API of how GPUs were used, and what looks at them once a minute."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from hub.portal.access import COOKIE
from hub.portal.gpu_history import Sampler
from hub.portal.gpu_history_view import WINDOWS, load
from hub.portal.portal import PREFIX
from tests.hub.portal.conftest import SCOPE, Stage
from tests.hub.portal.test_pages import page
from tests.hub.portal.test_workspaces_api import GPU, lab
from tests.support import eventually
from workspace_cli.core.errors import HubUnreachableError

__all__ = ["lab"]

MINUTE = 60


@pytest.fixture
def sampler(lab: Stage) -> Sampler:
    return Sampler(lab.portal.host, lab.portal.live)


def steps(stage: Stage) -> list[dict[str, Any]]:
    found = stage.call("GET", "gpus/history?window=6h", "root").json()
    return list(found["gpus"][0]["steps"]) if found["gpus"] else []


# looking --------------------------------------------------------------------------------------
def test_a_look_a_minute_is_written_down(lab: Stage, sampler: Sampler) -> None:
    for use in (20, 60):
        lab.hub.answers["GET", "/gpus"] = [{**GPU, "utilisation": use}]
        sampler.look()
        sampler.look()
        lab.clock.now += MINUTE
    (step,) = steps(lab)
    assert (step["minutes"], step["utilisation"], step["highest"], step["held"]) == (2, 40, 60, 1)


def test_a_hub_that_is_down_leaves_a_gap_and_the_next_look_is_made(
    lab: Stage, sampler: Sampler, caplog: pytest.LogCaptureFixture
) -> None:
    sampler.attempt()
    lab.clock.now += 10 * MINUTE
    lab.hub.answers["GET", "/gpus"] = HubUnreachableError("The hub is down.", "Wait.")
    with caplog.at_level(logging.WARNING):
        sampler.attempt()
    assert "The hub is down." in caplog.text
    lab.clock.now += 10 * MINUTE
    lab.hub.answers["GET", "/gpus"] = [GPU]
    sampler.attempt()
    begins = [one["begins"][14:16] for one in steps(lab)]
    assert begins == ["00", "20"]


def test_an_answer_that_makes_no_sense_ends_nothing(lab: Stage, sampler: Sampler) -> None:
    lab.hub.answers["GET", "/gpus"] = [{"id": "GPU-1"}]
    sampler.attempt()
    lab.hub.answers["GET", "/gpus"] = [GPU]
    sampler.attempt()
    assert len(steps(lab)) == 1


def test_what_is_old_is_folded_while_looking_goes_on(lab: Stage, sampler: Sampler) -> None:
    sampler.look()
    lab.clock.now += 3 * 86400
    sampler.look()
    week = load(lab.portal.host, WINDOWS["week"])
    assert [one.minutes for one in week.gpus[0].steps] == [1, 1]


def test_the_portal_looks_by_the_clock(lab: Stage, sampler: Sampler) -> None:
    lab.clock.now += MINUTE - 0.01  # a moment before the next one
    sampler.start()
    try:
        eventually(lambda: steps(lab) != [])
    finally:
        sampler.stop()


# the page -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "language, words",
    [
        (
            "en",
            ("GPUs over time", "All GPUs", "started by hand", "as the policy says", "GPU 0 ·"),
        ),
        ("ko", ("GPU 사용 추이", "전체 GPU", "직접 실행한 컨테이너", "정책에 따라", "GPU 0 ·")),
    ],
)
def test_an_admin_sees_who_had_which_gpu_and_how_busy_it_was(
    lab: Stage, sampler: Sampler, language: str, words: tuple[str, ...]
) -> None:
    by_hand = {**GPU["holders"][0], "name": "notes<1>", "owner": None, "workspace": None}  # type: ignore[index]
    lab.hub.answers["GET", "/gpus"] = [{**GPU, "holders": [*GPU["holders"], by_hand]}]  # type: ignore[misc]
    sampler.look()
    text = page(lab, "/lab/gpus?window=6h", "root", language)
    assert all(word in text for word in words)
    assert "kim/default" in text
    assert "notes&lt;1&gt;" in text
    assert 'role="img"' in text


def test_the_page_says_so_when_nothing_is_known_yet(stage: Stage) -> None:
    assert "Nothing is known of this time yet." in page(stage, "/lab/gpus", "root")


def test_a_machine_without_gpus_says_so(stage: Stage) -> None:
    Sampler(stage.portal.host, stage.portal.live).look()
    text = page(stage, "/lab/gpus", "root")
    assert "This machine has no GPU." in text
    assert "Nobody waited." in text


def test_a_driver_that_tells_nothing_is_said_to_and_not_taken_for_idle(
    lab: Stage, sampler: Sampler
) -> None:
    lab.hub.answers["GET", "/gpus"] = [{**GPU, "utilisation": None, "used": None}]
    sampler.look()
    text = page(lab, "/lab/gpus", "root")
    assert "The driver does not tell how busy it was. Held by kim/default." in text
    assert "Held 100% of the time; the driver does not tell" in text
    assert "tag warn" not in text


def test_who_holds_an_idle_gpu_now_is_marked(lab: Stage, sampler: Sampler) -> None:
    lab.hub.answers["GET", "/gpus"] = [{**GPU, "utilisation": 3, "idle_below": 5.0}]
    sampler.look()
    text = page(lab, "/lab/gpus", "root")
    assert "less than 5% busy" in text
    assert '<span class="tag warn">idle</span>' in text
    lab.hub.answers["GET", "/gpus"] = [{**GPU, "utilisation": 3, "idle_below": 2.5}]
    lab.portal.live.look_at_gpus()
    text = page(lab, "/lab/gpus", "root")
    assert "less than 2.5% busy" in text
    assert "tag warn" not in text


def test_the_page_is_for_admins_with_all_their_rights(stage: Stage) -> None:
    stage.hub.scopes["root"] = [SCOPE]
    for who in ("kim", "lee", "root"):
        answer = stage.client.get(f"{PREFIX}/lab/gpus", headers={"Cookie": f"{COOKIE}=token-{who}"})
        assert answer.status_code == 403


# the API --------------------------------------------------------------------------------------
def test_a_window_that_is_none_is_refused(stage: Stage) -> None:
    assert stage.call("GET", "gpus/history?window=year", "kim").status_code == 422
