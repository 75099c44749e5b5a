"""The admins' pages: what they show, and that they are for admins alone."""

from __future__ import annotations

import pytest

from hub.portal.access import COOKIE
from hub.portal.portal import PREFIX
from tests.hub.portal.conftest import SCOPE, Stage
from tests.hub.portal.test_home import post
from tests.hub.portal.test_live import make
from tests.hub.portal.test_pages import page
from tests.hub.portal.test_workspaces_api import lab
from workspace_cli.core import audit, disk
from workspace_cli.core.disk import Usage

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


def test_what_is_ticked_is_stopped_and_recorded(lab: Stage) -> None:
    token = "token-root"
    form = {
        "_xsrf": lab.portal.xsrf.token(token),
        "workspace": ["kim/default", "park/default", "kim/nlp"],
    }
    answer = lab.client.post(
        f"{PREFIX}/lab/stop", data=form, headers={"Cookie": f"{COOKIE}={token}"}
    )
    assert answer.status_code == 303
    assert sorted(lab.hub.servers) == [
        ("stop", "token-root", "kim/default", {}),
        ("stop", "token-root", "park/default", {}),
    ]
    (entry,) = audit.entries(lab.portal.host)
    assert (entry.actor, entry.action) == ("root", "stop")
    assert "park/default" in page(lab, "/lab/audit", "root")


def test_what_cannot_be_stopped_is_told_and_the_others_stop(lab: Stage) -> None:
    make(lab.engine, "kim", "study", kind="standalone")
    lab.portal.live.look()
    token = "token-root"
    form = {
        "_xsrf": lab.portal.xsrf.token(token),
        "workspace": ["kim/study", "kim/gone", "park/default"],
    }
    answer = lab.client.post(
        f"{PREFIX}/lab/stop", data=form, headers={"Cookie": f"{COOKIE}={token}"}
    )
    assert "kim/study: This workspace was made by the command line" in answer.text
    assert [name for _, _, name, _ in lab.hub.servers] == ["park/default"]


def test_a_member_stops_nobody_and_nothing_ticked_stops_nothing(lab: Stage) -> None:
    assert post(lab, "/lab/stop", workspace="park/default").status_code == 403
    assert post(lab, "/lab/stop", "root").status_code == 422
    assert lab.hub.servers == []


def test_the_machine_is_shown_with_everybodys_disk(lab: Stage) -> None:
    disk.write(lab.portal.host.settings, Usage(owner="park", measured=1.8e9, home=3 * 2**30))
    text = page(lab, "/lab/machine", "root")
    assert all(word in text for word in ("H100", "kim/default", "park", "3 GiB", "Nobody waits."))


def test_the_audit_trail_comes_in_pages(lab: Stage) -> None:
    for number in range(60):
        lab.clock.now += 1
        audit.record(lab.portal.host, "root", "extend", f"kim/<{number}>")
    text = page(lab, "/lab/audit", "root")
    assert "kim/&lt;59&gt;" in text
    assert "kim/&lt;9&gt;" not in text
    assert "?begin=50" in text
    assert "kim/&lt;9&gt;" in page(lab, "/lab/audit?begin=50", "root")
