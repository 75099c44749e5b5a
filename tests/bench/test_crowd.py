"""What a crowd's browsers read, and what their figures say."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.bench.browser import PageFailedError, events, login_form
from tests.bench.crowd import ENDED, LOGIN, STARTED, UP, Found, ready_in, table
from tests.bench.figures import Figures, write_json


async def lines_of(text: str) -> AsyncIterator[bytes]:
    for line in text.splitlines(keepends=True):
        yield line.encode()


@pytest.mark.asyncio
async def test_events_are_read_by_name_and_comments_are_left_out() -> None:
    text = 'retry: 2000\n\nevent: snapshot\nid: 1\ndata: {"a": 1}\n\n: still here\n\n'
    text += "event: queue\nid: 2\ndata: []\n\n"
    assert [one async for one in events(lines_of(text))] == [("snapshot", {"a": 1}), ("queue", [])]


def test_the_login_form_says_where_it_is_sent() -> None:
    page = '<form action="/hub/login?a=1&amp;next=%2Fb" method="post" data-busy="">'
    assert login_form(page) == "/hub/login?a=1&next=%2Fb"
    with pytest.raises(PageFailedError, match="another"):
        login_form("<p>another page</p>")


def test_a_hub_s_log_tells_who_was_ready_when() -> None:
    log = (
        "2026-11-21T12:00:00.250000123Z [I Hub base:1192] User kim took 1.149 seconds to start\n"
        "2026-11-21T12:00:01.000000000Z [I Hub base:1445] User kim took 0.2 seconds to stop\n"
    )
    moment = datetime(2026, 11, 21, 12, 0, 0, 250000, tzinfo=UTC).timestamp()
    assert ready_in(log) == [("kim", moment)]


def figures() -> Found:
    found = Found(50, all_in=8.0, all_run=30.0)
    found.steps[LOGIN] += [1.0] * 50
    for kind in (STARTED, UP, ENDED):
        found.told[kind] += [0.2] * 50
    found.cpu, found.memory = {"hub": 9.0, "bench": 4.0}, {"hub": 140.0}
    return found


def test_the_table_tells_what_was_met_and_what_went_wrong() -> None:
    found = figures()
    assert found.good
    found.told[UP] += [3.0] * 10
    found.failures.append("kim: PageFailedError /hub/login: 429")
    lines = table(found).splitlines()
    assert sum(line.endswith("p95 1 s: met") for line in lines) == 2
    assert sum(line.endswith("p95 1 s: missed") for line in lines) == 1
    assert lines[-1] == "Failed: kim: PageFailedError /hub/login: 429"


def test_every_sample_goes_into_the_file(tmp_path: Path) -> None:
    write_json(Figures(crowd=vars(figures())), tmp_path / "bench.json")
    kept = json.loads((tmp_path / "bench.json").read_text())["crowd"]
    assert len(kept["steps"][LOGIN]) == 50
    assert kept["memory"] == {"hub": 140.0}


def test_what_was_not_measured_is_not_good() -> None:
    found = figures()
    found.told[UP].clear()
    assert not found.good
    assert any("nothing was measured" in line for line in table(found).splitlines())
