"""Whatever is sent, the portal answers with a problem and not with a crash."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.portal import grading_queue
from tests.hub.portal.conftest import Stage

TEXT = st.text(max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
BODIES = JSON | st.fixed_dictionaries(
    {
        "lesson": st.sampled_from(["c2-loss", "d4-torch"]) | TEXT,
        "exercises": st.dictionaries(st.sampled_from(["mse", "mae"]) | TEXT, TEXT | JSON),
    },
    optional={"package": TEXT | JSON, "version": TEXT, "other": JSON},
)
FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FEW
@given(body=BODIES, who=st.sampled_from(["kim", "lee", None]))
def test_any_json_is_taken_or_refused(stage: Stage, body: Any, who: str | None) -> None:
    stage.clock.now += 60
    answer = stage.call("POST", "lessons/submissions", who, json=_plain(body))
    assert answer.status_code in (202, 401, 422, 429)
    if answer.status_code != 202:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


@FEW
@given(data=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/plain", ""]))
def test_any_bytes_are_refused(stage: Stage, data: bytes, kind: str) -> None:
    answer = stage.call("POST", "lessons/submissions", content=data, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422)


@FEW
@given(
    path=st.sampled_from(["submissions", "progress", "class", "class.csv", "submissions/"]),
    end=st.text(max_size=8),
    query=st.dictionaries(st.sampled_from(["limit", "before", "after", "x"]), TEXT, max_size=3),
)
def test_any_question_is_answered(stage: Stage, path: str, end: str, query: dict[str, str]) -> None:
    tail = end.replace("#", "").replace("?", "") if path.endswith("/") else ""
    answer = stage.call("GET", f"lessons/{path}{_quoted(tail)}", "lee", params=query)
    assert answer.status_code < 500


def _plain(body: Any) -> Any:
    """JSON knows no infinities, and neither does the client."""
    if isinstance(body, float) and (body != body or body in (float("inf"), float("-inf"))):
        return None
    if isinstance(body, dict):
        return {key: _plain(value) for key, value in body.items()}
    return [_plain(value) for value in body] if isinstance(body, list) else body


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"lesson": "c2-loss", "exercises": {"mse": "\\ud800"}}',
        b'{"lesson": "c2-loss", "exercises": {"\\ud800": "x"}}',
        b'{"lesson": "\\ud800", "exercises": {"mse": "x"}}',
        b'{"\\ud800": 1}',
        b'{"lesson": NaN, "exercises": {"mse": Infinity}}',
        b'{"lesson": ' + b"9" * 5000 + b"}",
        b"[" * 50_000,
        b'{"lesson": "c2-loss", "exercises": {"mse": "' + bytes([0xFF]) + b'"}}',
    ],
)
def test_odd_json_is_refused(stage: Stage, body: bytes) -> None:
    answer = stage.call(
        "POST",
        "lessons/submissions",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["status"] == answer.status_code


def test_a_source_may_hold_any_character(stage: Stage) -> None:
    source = "가 \x00 \U0001f600 \r\n"
    answer = stage.hand_in(exercises={"mse": source})
    assert answer.status_code == 202
    taken = grading_queue.take(stage.portal.host)
    assert taken is not None
    assert taken[1] == {"mse": source}
