"""Announcements on pages, and who makes them."""

from __future__ import annotations

from tests.hub.portal.conftest import Stage
from tests.hub.portal.test_home import post
from tests.hub.portal.test_pages import page
from workspace_cli.core import announcements


def test_what_an_admin_announces_everybody_reads_until_it_is_withdrawn(stage: Stage) -> None:
    answer = post(
        stage, "/lab/announcements", "root", text="<b>New disks</b>", korean="새 디스크", hours="2"
    )
    assert answer.status_code == 303
    for path in ("/", "/lessons"):
        assert "&lt;b&gt;New disks&lt;/b&gt;" in page(stage, path, "kim")
        assert "새 디스크" in page(stage, path, "kim", "ko")
    (one,) = announcements.announcements(stage.portal.host)
    assert one.ends == stage.clock.now + 7200
    assert one.id in page(stage, "/lab/announcements", "root")
    assert post(stage, f"/lab/announcements/{one.id}/withdraw", "root").status_code == 303
    assert "New disks" not in page(stage, "/", "kim")


def test_maintenance_is_told_at_the_top(stage: Stage) -> None:
    post(stage, "/lab/announcements", "root", text="Disks", hours="1", maintenance="on")
    assert "nothing can be started now" in page(stage, "/", "kim")
    assert not announcements.is_open(stage.portal.host)


def test_a_member_announces_nothing_and_odd_hours_are_refused(stage: Stage) -> None:
    assert post(stage, "/lab/announcements", "kim", text="Hi", hours="1").status_code == 403
    for hours in ("", "-1", "x", "0", "99999"):
        answer = post(stage, "/lab/announcements", "root", text="Hi", hours=hours)
        assert answer.status_code == 422
    assert announcements.announcements(stage.portal.host) == []
