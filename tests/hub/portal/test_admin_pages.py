"""The admins' pages: what they show, and that they are for admins alone."""

from __future__ import annotations

import re

import pytest

from hub.portal.access import COOKIE
from hub.portal.portal import PREFIX
from tests.hub.portal.conftest import SCOPE, Stage
from tests.hub.portal.test_live import IMAGE
from tests.hub.portal.test_pages import page
from tests.hub.portal.test_workspaces_api import lab
from workspace_cli.core import audit

__all__ = ["lab"]


@pytest.mark.parametrize(
    "language, words", [("en", ("Everybody", "Running")), ("ko", ("모두의 작업 공간", "실행 중"))]
)
def test_an_admin_sees_everybodys_workspaces(
    lab: Stage, language: str, words: tuple[str, ...]
) -> None:
    text = page(lab, "/lab", "root", language)
    assert all(word in text for word in words)
    assert 'data-reference="park/default"' in text
    assert 'data-reference="kim/nlp"' in text


@pytest.mark.parametrize("path", ["/lab", "/lab/machine", "/lab/audit"])
def test_an_admins_page_is_for_admins_with_all_their_rights(lab: Stage, path: str) -> None:
    cookie = {"Cookie": f"{COOKIE}=token-root"}
    lab.hub.scopes["root"] = [SCOPE]
    assert lab.client.get(PREFIX + path, headers=cookie).status_code == 403
    assert "root" not in page(lab, path, "kim")


def test_a_search_finds_and_an_order_turns_round(lab: Stage) -> None:
    text = page(lab, "/lab?q=park", "root")
    assert "park/default" in text
    assert "kim/nlp" not in text
    text = page(lab, "/lab?sort=-name", "root")
    assert text.index("park/default") < text.index("kim/nlp")
    assert 'aria-sort="descending"' in text


def test_a_search_is_shown_as_text(lab: Stage) -> None:
    assert "<script>x" not in page(lab, "/lab?q=%22%3E%3Cscript%3Ex", "root")


def test_the_machine_is_shown_with_gpus_and_line(lab: Stage) -> None:
    text = page(lab, "/lab/machine", "root")
    assert all(word in text for word in ("H100", "kim/default", "Nobody waits."))


@pytest.mark.parametrize(
    "query, there",
    [
        ("owner=park", {"park/default"}),
        ("state=stopped", {"kim/nlp"}),
        (f"image={IMAGE}", {"kim/default", "kim/nlp", "park/default"}),
        ("image=labdock/other:latest", set()),
        ("owner=kim&state=running", {"kim/default"}),
    ],
)
def test_a_list_is_filtered_by_owner_state_and_image(
    lab: Stage, query: str, there: set[str]
) -> None:
    text = page(lab, f"/lab?{query}", "root")
    assert set(re.findall(r'data-reference="([^"]+)"', text)) == there


def test_an_order_keeps_what_was_looked_for(lab: Stage) -> None:
    text = page(lab, "/lab?owner=kim&state=running", "root")
    assert "/lab?owner=kim&amp;state=running&amp;sort=image" in text


def test_the_audit_trail_comes_in_pages(lab: Stage) -> None:
    for number in range(60):
        lab.clock.now += 1
        audit.record(lab.portal.host, "root", "extend", f"kim/<{number}>")
    text = page(lab, "/lab/audit", "root")
    assert "kim/&lt;59&gt;" in text
    assert "kim/&lt;9&gt;" not in text
    assert "?begin=50" in text
    assert "kim/&lt;9&gt;" in page(lab, "/lab/audit?begin=50", "root")
