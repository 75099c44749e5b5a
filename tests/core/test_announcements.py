"""What admins tell everybody, and maintenance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from workspace_cli.core import announcements, audit
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import ConflictError, InvalidOptionError, NotFoundError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings

NOW = 1_800_000_000.0


@pytest.fixture
def host(tmp_path: Path, fake_engine: FakeEngine) -> Iterator[Host]:
    one = Host(fake_engine, Settings(root=tmp_path), Catalogue(), lambda: NOW)
    yield one
    one.database.close()


def later(host: Host, seconds: float) -> Host:
    """The same lab some time later."""
    return replace(host, clock=lambda: NOW + seconds)


def test_an_announcement_ends_by_itself(host: Host) -> None:
    announcements.announce(host, " Pizza at noon. ", ends=NOW + 60, made_by="root", korean="피자")
    (one,) = announcements.announcements(host)
    assert [one.in_language(name) for name in ("en", "ko")] == ["Pizza at noon.", "피자"]
    assert announcements.announcements(later(host, 61)) == []


def test_what_has_no_translation_is_shown_as_it_is(host: Host) -> None:
    one = announcements.announce(host, "Hello", ends=NOW + 60, made_by="root")
    assert one.in_language("ko") == "Hello"


@pytest.mark.parametrize(
    "text, ends", [("", NOW + 9), ("x" * 501, NOW + 9), ("x", NOW), ("x", NOW + 4e7)]
)
def test_what_cannot_be_announced_is_refused(host: Host, text: str, ends: float) -> None:
    with pytest.raises(InvalidOptionError):
        announcements.announce(host, text, ends=ends, made_by="root")
    assert announcements.announcements(host) == []


def test_maintenance_closes_the_lab_until_it_ends_and_stands_first(host: Host) -> None:
    announcements.check_open(host)
    announcements.announce(host, "New disks", ends=NOW + 60, made_by="root", maintenance=True)
    announcements.announce(later(host, 1), "Pizza", ends=NOW + 60, made_by="root")
    assert [one.text for one in announcements.announcements(host)] == ["New disks", "Pizza"]
    with pytest.raises(ConflictError, match="maintenance"):
        announcements.check_open(host)
    assert not announcements.is_open(host)
    assert announcements.is_open(later(host, 61))


def test_one_is_withdrawn_and_all_is_recorded(host: Host) -> None:
    one = announcements.announce(host, "Hello", ends=NOW + 60, made_by="root")
    announcements.withdraw(host, one.id, "boss")
    with pytest.raises(NotFoundError):
        announcements.withdraw(host, one.id, "boss")
    done = {(row.actor, row.action) for row in audit.entries(host)}
    assert done == {("root", "announce"), ("boss", "withdraw-announcement")}
