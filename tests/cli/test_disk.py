"""``workspace disk``, and starts in safe mode."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.cli.conftest import CommandLine, Ended
from workspace_cli.core import disk, disk_room, folders
from workspace_cli.core.disk import Usage
from workspace_cli.core.disk_room import Room
from workspace_cli.core.host import Host

MIB, GIB = 2**20, 2**30


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> list[Room]:
    """Give the machine one disk with room; a test may put another in its place."""
    found = [Room("/var/lib/labdock", 900 * GIB, 1000 * GIB)]
    monkeypatch.setattr(disk_room, "rooms", lambda host: tuple(found))
    return found


def use(host: Host, owner: str, home: int, **more: object) -> None:
    folders.ensure(host.settings, owner)
    usage = Usage(owner=owner, measured=time.time() - 120, home=home, **more)  # type: ignore[arg-type]
    disk.write(host.settings, usage)


def test_everybody_is_listed_the_largest_first(workspace: CommandLine, host: Host) -> None:
    use(host, "kim", GIB)
    use(host, "lee", 3 * GIB, layers={"study": GIB}, environments={"labdock/lee/a:1": 512 * MIB})
    ended = workspace.ok("disk")
    lines = ended.out.splitlines()
    assert lines[1].split()[:9] == ["lee", "4.5", "GiB", "3.0", "GiB", "1.0", "GiB", "512", "MiB"]
    assert lines[2].startswith("kim")
    assert "2 minutes ago" in lines[2]
    assert "900.0 GiB of 1000.0 GiB free" in ended.err


def test_one_member_is_told_in_detail(workspace: CommandLine, host: Host) -> None:
    use(
        host, "lee", GIB, layers={"study": MIB, "paper": GIB}, caches={"/workspace/.cache": 7 * MIB}
    )
    out = workspace.ok("disk", "lee").out
    assert out.index("1.0 GiB   paper") < out.index("1 MiB   study")
    assert "7 MiB   /workspace/.cache" in out


def test_limits_and_whoever_has_reached_one_are_shown(workspace: CommandLine, host: Host) -> None:
    use(host, "kim", 3 * GIB)
    host.settings.policy_file.write_text('[roles.member]\ndisk_soft = "1g"\ndisk_hard = "2g"\n')
    assert "2.0 GiB, soft 1.0 GiB (reached)" in workspace.ok("disk").out
    (row,) = workspace.ok("disk", "--json").json["members"]
    assert (row["owner"], row["level"], row["hard"], row["total"]) == (
        "kim",
        "hard",
        2 * GIB,
        3 * GIB,
    )


def test_who_was_never_measured_is_measured_and_anybody_with_fresh(
    workspace: CommandLine, host: Host
) -> None:
    folders.ensure(host.settings, "kim")
    file = folders.home(host.settings, "kim") / "a"
    file.write_bytes(bytes(2 * MIB))
    (first,) = workspace.ok("disk", "--json").json["members"]
    file.write_bytes(bytes(5 * MIB))
    (second,) = workspace.ok("disk", "--json").json["members"]
    (third,) = workspace.ok("disk", "--fresh", "--json").json["members"]
    assert [one["home"] // MIB for one in (first, second, third)] == [2, 2, 5]


def test_somebody_with_nothing_here_is_not_found(workspace: CommandLine) -> None:
    ended = workspace("disk", "nobody")
    assert ended.code == 3
    assert "Nobody called 'nobody'" in ended.err


def test_above_the_hard_limit_run_and_commit_end_with_one_and_start_goes_on(
    workspace: CommandLine, host: Host, study: Callable[..., Ended]
) -> None:
    study()
    host.settings.policy_file.write_text('[roles.member]\ndisk_hard = "1m"\n')
    (folders.home(host.settings, "kim") / "a").write_bytes(bytes(3 * MIB))
    workspace.ok("disk", "kim", "--fresh")
    for argv in (["run", "paper", "--owner", "kim"], ["commit", "study"]):
        ended = workspace(*argv)
        assert ended.code == 1
        assert "kim uses 3 MiB of the disk, and the limit is 1 MiB." in ended.err
        assert "can still be used" in ended.err
    workspace.ok("stop", "study")
    workspace.ok("start", "--detach", "study")
    workspace.ok("run", "paper", "--owner", "kim", "--detach", "--override", "a deadline")


def test_a_disk_that_is_nearly_full_refuses_new_work(
    workspace: CommandLine, rooms: list[Room]
) -> None:
    rooms[0] = Room("/var/lib/labdock", GIB, 1000 * GIB)
    ended = workspace("run", "study", "--owner", "kim")
    assert ended.code == 1
    assert "The machine's disk is nearly full: 1.0 GiB are free" in ended.err


def test_safe_mode_is_for_one_start(
    workspace: CommandLine, host: Host, study: Callable[..., Ended]
) -> None:
    file = host.settings.secrets / "labdock-kim--study" / "environment.json"
    study("study", "--safe")
    assert "LABDOCK_SAFE_MODE" in file.read_text()
    workspace.ok("restart", "--detach", "study")
    assert "LABDOCK_SAFE_MODE" not in file.read_text()
    workspace.ok("restart", "--detach", "--safe", "study")
    assert "LABDOCK_SAFE_MODE" in file.read_text()
    workspace.ok("stop", "study")
    workspace.ok("start", "--detach", "--safe", "study")
    assert "LABDOCK_SAFE_MODE" in file.read_text()
