"""What workspaces use: who is told of which change, and where it is shown."""

from __future__ import annotations

import itertools
import re
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hub.portal import live as live_module
from hub.portal.board import Change
from hub.portal.live import Live
from hub.portal.used import Used, Uses, differs
from tests.hub.portal.conftest import FakeHub, Stage
from tests.hub.portal.test_live import make, server, tell
from tests.hub.portal.test_pages import page
from tests.hub.portal.test_workspaces_api import Events, following, lab
from tests.support import eventually
from workspace_cli.core import naming
from workspace_cli.core.engine_use import Use
from workspace_cli.core.errors import EngineUnreachableError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.models import Limits

__all__ = ["lab"]

MIB, GIB = 2**20, 2**30
KEY = ("kim", "default")
BEFORE = Used(memory=2 * GIB, limit=8 * GIB, cpus=1.0)


# what is news ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "now, expected",
    [
        (BEFORE, False),
        (replace(BEFORE, memory=2 * GIB + 300 * MIB, cpu_seconds=99.0), False),
        (replace(BEFORE, memory=2 * GIB + 500 * MIB), True),
        (replace(BEFORE, cpus=1.4), False),
        (replace(BEFORE, cpus=0.4), True),
        (replace(BEFORE, limit=9 * GIB), True),
        (None, True),
    ],
)
def test_what_somebody_would_see_is_news(now: Used | None, expected: bool) -> None:
    assert differs(BEFORE, now) is expected
    assert differs(now, BEFORE) is expected


def test_memory_that_becomes_almost_full_is_news_however_little_changed() -> None:
    below = Used(memory=899, limit=1000)
    above = replace(below, memory=900)
    assert (below.is_near, above.is_near) == (False, True)
    assert differs(below, above)
    assert not Used(memory=10**12).is_near


def test_without_a_limit_so_many_bytes_are_news() -> None:
    free = Used(memory=GIB)
    assert not differs(free, replace(free, memory=GIB + 255 * MIB))
    assert differs(free, replace(free, memory=GIB + 256 * MIB))


def test_what_creeps_up_is_news_in_the_end_and_told_once() -> None:
    uses = Uses()
    told = [uses.news({KEY: Used(memory=at, limit=1000)}) for at in range(100, 220, 10)]
    assert [number for number, one in enumerate(told) if one] == [0, 5, 10]
    assert uses.news({KEY: None}) == {KEY}
    assert uses.news({KEY: None}) == frozenset()
    assert uses.news({}) == frozenset()


def test_how_busy_one_is_comes_from_two_readings_and_starts_anew_with_it() -> None:
    def read(seconds: float, at: float) -> dict[str, Use]:
        return {"c": Use(memory=1, limit=None, cpu_seconds=seconds, at=at)}

    uses = Uses()
    uses.put(read(5.0, 100.0))
    assert uses.now["c"].cpus is None
    uses.put(read(25.0, 110.0))
    assert uses.now["c"].cpus == 2.0
    uses.put(read(1.0, 120.0))
    assert uses.now["c"].cpus is None
    uses.forget("c")
    assert uses.now == {}


# how it is found out --------------------------------------------------------------------------
def used(live: Live, owner: str = "kim") -> Used | None:
    return live.board.picture.workspaces[owner, "default"].used


def test_what_runs_is_known_and_what_has_stopped_uses_nothing(
    live: Live, fake_engine: FakeEngine
) -> None:
    name = make(fake_engine, "kim", kind="standalone")
    fake_engine.made(name).memory = 3 * GIB
    live.look()
    assert used(live) == Used(memory=3 * GIB, cpu_seconds=0.01)
    fake_engine.pause(name)
    live.look()
    assert used(live) is not None
    fake_engine.unpause(name)
    fake_engine.stop(name)
    live.look()
    assert used(live) is None


def test_a_restart_takes_the_old_figures_away(live: Live, fake_engine: FakeEngine) -> None:
    live.start()
    eventually(lambda: live.board.picture.engine)
    name = make(fake_engine, "kim", kind="standalone")
    eventually(lambda: KEY in live.board.picture.workspaces)
    live.look_at_uses()
    assert used(live) is not None
    fake_engine.stop(name)
    eventually(lambda: used(live) is None)
    fake_engine.start(name)
    eventually(lambda: live.board.picture.workspaces[KEY].state == "running")
    assert used(live) is None


def test_of_many_those_alone_are_told_that_changed_much(
    live: Live, fake_engine: FakeEngine
) -> None:
    names = [make(fake_engine, f"m{n}", kind="standalone") for n in range(30)]
    live.look()
    told: list[Change] = []
    live.board.watch(told.append)
    for name in names:
        fake_engine.made(name).memory += 5 * MIB
    live.look_at_uses()
    assert told == []
    # Whoever asks hears the newest all the same.
    seen = used(live, "m7")
    assert seen is not None
    assert seen.memory == 6 * MIB
    fake_engine.made(names[7]).memory = GIB
    live.look_at_uses()
    (change,) = told
    assert change.uses == {("m7", "default")}
    assert not change.workspaces


def test_a_container_whose_answer_is_slow_keeps_nothing_else_back(
    live: Live, hub: FakeHub, fake_engine: FakeEngine
) -> None:
    asked, over = threading.Event(), threading.Event()

    def before(method: str) -> None:
        if method == "use":
            asked.set()
            over.wait(30)

    make(fake_engine, "park", kind="standalone")
    live.list_containers()
    fake_engine.before = before
    live.start()
    try:
        assert asked.wait(10)
        tell(hub, "kim", server())
        make(fake_engine, "kim")
        eventually(lambda: live.board.picture.workspaces.get(KEY) is not None)
        eventually(lambda: live.board.picture.workspaces[KEY].believed_up)
    finally:
        over.set()


def test_the_longer_it_takes_the_rarer_it_is_asked(
    live: Live, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "USES_SECONDS", 0.01)
    make(fake_engine, "kim", kind="standalone")
    live.list_containers()
    live.board.watch(lambda change: None)
    looks = []

    def before(method: str) -> None:
        if method == "use":
            looks.append(time.monotonic())
            time.sleep(0.02)

    fake_engine.before = before
    live.start()
    eventually(lambda: len(looks) >= 3)
    gaps = [after - one for one, after in itertools.pairwise(looks)]
    assert min(gaps) >= 0.02 * live_module.USES_SHARE


def test_an_engine_that_is_away_leaves_the_picture(
    live: Live, fake_engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    make(fake_engine, "kim", kind="standalone")
    live.look()
    fake_engine.fail_on("use", EngineUnreachableError("Gone.", "Wait."))
    live.attempt(live.look_at_uses)
    assert used(live) is not None
    assert "look_at_uses" in caplog.text


# where it is shown ----------------------------------------------------------------------------
@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a portal look at use where a test does, and not by itself in between."""
    if "lab" in request.fixturenames:
        monkeypatch.setattr(Live, "_look_at_use", lambda self: None)


def grow(
    lab: Stage, owner: str = "kim", memory: int = 1288490189, limit: int | None = 8 * GIB
) -> None:
    """Let a workspace use memory, and two processors for ten seconds."""
    made = lab.engine.made(naming.container_name(owner, "default"))
    made.memory, made.limits = memory, Limits(memory=limit)
    made.cpu_seconds += 20.0
    lab.clock.now += 10
    # The fixture's clock is the portal's; the engine's goes on by itself.
    lab.engine.clock = lab.clock
    lab.portal.live.look_at_uses()


def figures(lab: Stage, who: str = "kim") -> dict[str, Any]:
    one: dict[str, Any] = lab.call("GET", "workspaces/kim/default", who).json()
    return {name: one[name] for name in ("memory_used", "memory_limit", "cpu_seconds", "cpus_used")}


def test_the_api_tells_what_one_uses(lab: Stage) -> None:
    lab.engine.clock = lab.clock
    lab.portal.live.look_at_uses()
    grow(lab)
    assert figures(lab) == {
        "memory_used": 1288490189, "memory_limit": 8 * GIB, "cpu_seconds": 20.01, "cpus_used": 2.0,
    }  # fmt: skip
    stopped = lab.call("GET", "workspaces/kim/nlp").json()
    assert stopped["memory_used"] is stopped["cpus_used"] is None


def test_a_member_is_told_when_their_own_use_changes_and_of_nobody_elses(lab: Stage) -> None:
    with following(lab, "kim") as answer:
        events = Events(answer.iter_lines())
        name, data = events.next()
        assert name == "snapshot"
        assert data["workspaces"][0]["memory_used"] == MIB
        grow(lab, "park")
        grow(lab, "kim", 4 * GIB)
        name, told = events.next()
        assert name == "use"
        assert [(one["owner"], one["name"], one["memory_used"]) for one in told] == [
            ("kim", "default", 4 * GIB)
        ]


@pytest.mark.parametrize("sort", ["memory_used", "cpus_used"])
def test_a_list_is_sorted_by_use_with_what_does_not_run_at_the_end(lab: Stage, sort: str) -> None:
    lab.engine.clock = lab.clock
    lab.portal.live.look_at_uses()
    grow(lab, "park")

    def names(order: str) -> list[str]:
        answer = lab.call("GET", f"workspaces?sort={order}", "root").json()
        return [f"{one['owner']}/{one['name']}" for one in answer["items"]]

    assert names(f"-{sort}") == ["park/default", "kim/default", "kim/nlp"]
    assert names(sort) == ["kim/default", "park/default", "kim/nlp"]


@pytest.mark.parametrize(
    "language, words",
    [("en", ("1.2 GiB of 8 GiB", "2.0 in use")), ("ko", ("8 GiB 중 1.2 GiB", "2.0 사용 중"))],
)
def test_a_card_shows_what_is_in_use(lab: Stage, language: str, words: tuple[str, ...]) -> None:
    lab.engine.clock = lab.clock
    lab.portal.live.look_at_uses()
    grow(lab)
    text = page(lab, "/", "kim", language)
    assert all(word in text for word in words)
    assert 'data-use="kim/default"' in text
    assert {"almost full", "거의 가득 참"}.isdisjoint(re.findall(r">([^<]+)<", text))


@pytest.mark.parametrize("language, words", [("en", "almost full"), ("ko", "거의 가득 참")])
@pytest.mark.parametrize("path, who", [("/", "kim"), ("/lab", "root")])
def test_memory_that_is_almost_full_is_told_in_words(
    lab: Stage, path: str, who: str, language: str, words: str
) -> None:
    grow(lab, memory=int(7.5 * GIB))
    assert f'<span class="tag warn tight">{words}</span>' in page(lab, path, who, language)


def test_without_a_limit_a_card_has_no_bar(lab: Stage) -> None:
    grow(lab, limit=None)
    text = page(lab, "/", "kim")
    assert "1.2 GiB in use" in text
    assert 'aria-label="Memory in use"' not in text


def test_an_admin_finds_the_largest_with_one_click(lab: Stage) -> None:
    grow(lab, "park")
    assert 'href="/services/portal/lab?sort=-memory_used"' in page(lab, "/lab", "root")
    text = page(lab, "/lab?sort=-memory_used", "root")
    assert text.index('data-reference="park/default"') < text.index('data-reference="kim/default"')
    assert 'aria-sort="descending"' in text
    assert 'href="/services/portal/lab?sort=memory_used"' in text


def test_prometheus_reads_what_each_uses(lab: Stage) -> None:
    grow(lab)
    text = lab.call("GET", "metrics", "root").text
    families = {one.name: one for one in text_string_to_metric_families(text)}
    cpu = families["labdock_workspace_cpu_seconds"]
    assert cpu.type == "counter"
    found = {
        (sample.name, sample.labels["owner"], sample.labels["workspace"]): sample.value
        for name, family in families.items()
        if name.startswith("labdock_workspace_")
        for sample in family.samples
    }
    assert found == {
        ("labdock_workspace_memory_bytes", *KEY): 1288490189,
        ("labdock_workspace_memory_bytes", "park", "default"): MIB,
        ("labdock_workspace_memory_limit_bytes", *KEY): 8 * GIB,
        ("labdock_workspace_cpu_seconds_total", *KEY): 20.01,
        ("labdock_workspace_cpu_seconds_total", "park", "default"): 0.01,
    }
