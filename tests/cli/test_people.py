"""``workspace users``: approval, invitations, logins, and what becomes of who leaves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.hub_stub import TOKEN, StubHub, running_hub
from workspace_cli.core import audit, members, port_shares, sharing
from workspace_cli.core.errors import UnreachableError


@pytest.fixture
def hub() -> Iterator[StubHub]:
    with running_hub() as stub:
        for name in ("admin", "kim", "lee"):
            stub.accounts[name] = {
                "name": name,
                "admin": name == "admin",
                "state": "active",
                "created": "2026",
            }
        yield stub


@pytest.fixture
def lab(workspace: CommandLine, hub: StubHub) -> CommandLine:
    """The command line on a machine whose hub is up."""
    settings = replace(workspace.host.settings, port=hub.port)
    settings.hub_dir.mkdir()
    settings.api_token.write_text(f"{TOKEN}\n")
    workspace.host = replace(workspace.host, settings=settings)
    return workspace


def acted(hub: StubHub) -> list[str]:
    return [path for method, path, _ in hub.requests if method == "POST"]


def test_waiting_lists_only_who_waits(lab: CommandLine, hub: StubHub) -> None:
    hub.accounts["choi"] = {"name": "choi", "state": "pending", "about": "PhD", "created": "2026"}
    told = lab.ok("users", "waiting")
    assert "choi" in told.out
    assert "PhD" in told.out
    assert "kim" not in told.out
    assert [row["name"] for row in lab.ok("users", "waiting", "--json").json] == ["choi"]


def test_several_are_approved_or_turned_away(lab: CommandLine, hub: StubHub) -> None:
    hub.people[("POST", "accounts/approve")] = {"state": "active"}
    hub.people[("POST", "accounts/deny")] = {"state": "removed"}
    assert "lee may log in" in lab.ok("users", "approve", "kim", "lee").out
    lab.ok("users", "deny", "kim")
    assert acted(hub) == ["accounts/kim/approve", "accounts/lee/approve", "accounts/kim/deny"]
    assert lab("users", "approve", "nobody").code == 3


def test_an_invitation_is_a_link_with_its_token_behind_the_hash(
    lab: CommandLine, hub: StubHub
) -> None:
    made = {"id": "1f", "path": "/hub/signup#secret", "expires": "2026", "token": "secret"}
    hub.people[("POST", "invitations")] = made
    arguments = ("--uses", "30", "--expires", "12h", "--group", "vision", "--note", "class")
    told = lab.ok("users", "invite", *arguments)
    assert f":{hub.port}/hub/signup#secret" in told.out
    ((_, _, body),) = [one for one in hub.requests if one[1] == "invitations"]
    assert body == {"uses": 30, "seconds": 43200, "groups": ["vision"], "note": "class"}
    assert lab("users", "invite", "--expires", "soon").code == 2


def test_resets_are_a_link_a_password_or_a_second_factor(lab: CommandLine, hub: StubHub) -> None:
    hub.people[("POST", "accounts/reset-link")] = {"path": "/hub/reset#t"}
    hub.people[("POST", "accounts/temporary-password")] = {"password": "given"}
    hub.people[("POST", "accounts/reset-second-factor")] = {"removed": True}
    assert lab.ok("users", "reset", "kim", "--json").json["link"].endswith("/hub/reset#t")
    assert lab.ok("users", "reset", "kim", "--temporary", "--json").json["password"] == "given"
    assert "is off" in lab.ok("users", "reset", "kim", "--second-factor").out
    assert lab("users", "reset", "kim", "--temporary", "--second-factor").code == 2


def test_logins_are_listed_ended_and_unlocked(lab: CommandLine, hub: StubHub) -> None:
    row = {"id": "ab", "created": "c", "seen": "s", "address": "10.0.0.7", "agent": "Firefox"}
    hub.people[("GET", "accounts/sessions")] = [row]
    hub.people[("DELETE", "accounts/sessions")] = {}
    hub.people[("POST", "accounts/end-sessions")] = {}
    hub.people[("POST", "accounts/unlock")] = {"locked": True}
    waiting = [{"kind": "account", "subject": "kim", "seconds": 8}]
    hub.people[("GET", "logins")] = {"waiting": waiting, "second_factors": []}
    assert "10.0.0.7" in lab.ok("users", "sessions", "kim").out
    lab.ok("users", "sessions", "kim", "--end", "ab")
    assert hub.requests[-1] == ("DELETE", "accounts/kim/sessions", {"id": "ab"})
    lab.ok("users", "sessions", "kim", "--end-all")
    assert lab.ok("users", "locked", "--json").json == waiting
    assert "can log in" in lab.ok("users", "unlock", "kim").out


def test_an_account_is_disabled_and_enabled(lab: CommandLine, hub: StubHub) -> None:
    lab.ok("users", "disable", "kim")
    assert hub.accounts["kim"]["state"] == "disabled"
    lab.ok("users", "enable", "kim")
    assert hub.accounts["kim"]["state"] == "active"
    assert lab("users", "disable", "nobody").code == 3


# off-boarding -------------------------------------------------------------------------
@pytest.fixture
def home(lab: CommandLine) -> Path:
    """A member with a workspace, an environment, files, and a port that is shared."""
    lab.ok("run", "study", "--owner", "kim", "--detach")
    lab.ok("commit", "kim/study", "paper:v1")
    host = lab.host
    folder = host.settings.homes / "kim"
    (folder / "thesis").write_text("chapter 1")
    (folder / "link").symlink_to("/etc/passwd")
    members.remember(host, "kim", "member")
    members.remember(host, "lee", "member")
    port_shares.share(host, "kim", "study", 8888, "lee")
    return folder


def environments(lab: CommandLine) -> list[str]:
    return [row["reference"] for row in lab.ok("images", "--json").json if row["owner"] == "kim"]


def test_a_preview_tells_everything_and_changes_nothing(
    lab: CommandLine, hub: StubHub, home: Path
) -> None:
    told = lab.ok("users", "offboard", "kim", "--preview", "--delete").out
    for what in ("account kim", "workspace study", str(home), "paper:v1", "1 shared ports"):
        assert what in told
    assert (home / "thesis").exists()
    assert "kim" in hub.accounts
    assert not [one for one in hub.requests if one[0] != "GET"]


def test_without_more_words_the_home_stays(lab: CommandLine, hub: StubHub, home: Path) -> None:
    assert lab("users", "offboard", "kim").code == 2, "nobody is here to be asked"
    lab.ok("users", "offboard", "kim", "--force")
    assert "kim" not in hub.accounts
    assert lab.ok("ls", "-a", "--json").json == []
    assert (home / "thesis").read_text() == "chapter 1"
    assert environments(lab)
    assert port_shares.shares(lab.host) == []
    (entry,) = [row for row in audit.entries(lab.host) if row.action == "account-offboard"]
    assert entry.subject == "kim"


def test_archive_and_delete_leave_a_file_that_brings_it_back(
    lab: CommandLine, hub: StubHub, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "kim.tar.zst"
    lab.ok("users", "offboard", "kim", "--archive", str(file), "--delete", "--force")
    assert not home.exists()
    assert environments(lab) == []
    lab.ok("restore", str(file), "--yes")
    assert (home / "thesis").read_text() == "chapter 1"


def test_a_file_that_is_there_is_refused_before_anything_goes(
    lab: CommandLine, hub: StubHub, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "kim.tar.zst"
    file.write_text("something")
    assert lab("users", "offboard", "kim", "--archive", str(file), "--preview").code == 4
    assert "kim" in hub.accounts
    assert file.read_text() == "something"


def test_files_and_environments_are_handed_over(lab: CommandLine, hub: StubHub, home: Path) -> None:
    heir = lab.host.settings.homes / "lee"
    lab.ok("users", "offboard", "kim", "--hand-over", "lee", "--force")
    moved = heir / "from-kim"
    assert (moved / "thesis").read_text() == "chapter 1"
    assert not home.exists()
    owner = heir.stat().st_uid
    assert {os.lstat(path).st_uid for path in (moved, *moved.iterdir())} == {owner}
    assert Path("/etc/passwd").stat().st_uid == 0, "links are not followed"
    granted = sharing.granted_to(lab.host, "lee")
    assert list(granted) == ["labdock/kim/paper:v1"]
    assert "kim" not in hub.accounts


def test_nobody_is_handed_over_to_nobody(lab: CommandLine, hub: StubHub, home: Path) -> None:
    assert lab("users", "offboard", "kim", "--hand-over", "kim", "--force").code == 4
    assert lab("users", "offboard", "kim", "--hand-over", "nobody", "--force").code == 3
    both = lab("users", "offboard", "kim", "--hand-over", "lee", "--delete", "--force")
    assert both.code == 2
    assert lab("users", "offboard", "admin", "--force").code == 4, "the only admin"
    assert lab("users", "offboard", "stranger", "--force").code == 3
    assert hub.accounts["kim"]["state"] == "active"
    assert (home / "thesis").exists()


def test_what_was_cut_short_is_gone_on_with(
    lab: CommandLine, hub: StubHub, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workspace_cli.core import offboarding

    def die(*_: object) -> None:
        raise UnreachableError("The machine lost its power.", "Try again.")

    for step in ("hand_over_environments", "hand_over_home", "forget"):
        with monkeypatch.context() as patch:
            patch.setattr(offboarding, step, die)
            assert lab("users", "offboard", "kim", "--hand-over", "lee", "--force").code == 6
        assert hub.accounts["kim"]["state"] == "disabled"
    lab.ok("users", "offboard", "kim", "--hand-over", "lee", "--force")
    assert (lab.host.settings.homes / "lee" / "from-kim" / "thesis").exists()
    assert "kim" not in hub.accounts
