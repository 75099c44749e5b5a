"""A start in safe mode: told in the file of secrets, for this one start, at no cost in room."""

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from workspace_cli.core import disk_room, inside, notices, safe_mode, secrets, workspaces
from workspace_cli.core.disk_room import Room
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import Limits, WorkspaceSpec

Specs = Callable[..., WorkspaceSpec]
GIB = 2**30
NAME = "labdock-kunyoung--study"


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> list[Room]:
    """Give the machine one disk with room; a test may put another in its place."""
    disks = [Room("/var/lib/labdock", 900 * GIB, 1000 * GIB)]
    monkeypatch.setattr(disk_room, "rooms", lambda host: tuple(disks))
    return disks


def told(host: Host) -> dict[str, str]:
    """Return what the server finds in its file."""
    path = host.settings.secrets / NAME / secrets.FILE
    found: dict[str, str] = json.loads(path.read_text())
    return found


def test_a_usual_start_says_nothing_of_it(host: Host, spec: Specs) -> None:
    workspaces.launch(host, spec())
    assert secrets.SAFE_MODE not in told(host)


def test_a_start_that_is_asked_to_be_safe_tells_the_server(host: Host, spec: Specs) -> None:
    workspaces.launch(host, spec(safe_mode=True))
    assert told(host)[secrets.SAFE_MODE] == "asked"
    assert secrets.SAFE_MODE not in secrets.read(host.settings, NAME)


def test_the_next_start_is_a_usual_one_with_the_same_password(host: Host, spec: Specs) -> None:
    made = workspaces.launch(host, spec())
    before = told(host)
    workspaces.restart(host, made, safe=True)
    assert told(host) == {**before, secrets.SAFE_MODE: "asked"}
    workspaces.restart(host, made)
    assert told(host) == before


def test_a_running_workspace_is_started_again_to_be_safe_and_once_only(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    wanted = spec(kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "t"})
    workspaces.bring_up(host, wanted)
    first = engine.made(NAME).started
    host.clock.now += 5  # type: ignore[attr-defined]
    workspaces.bring_up(host, replace(wanted, safe_mode=True))
    second = engine.made(NAME).started
    host.clock.now += 5  # type: ignore[attr-defined]
    workspaces.bring_up(host, replace(wanted, safe_mode=True))
    assert (first, engine.made(NAME).started) != (second, first)
    assert engine.made(NAME).started == second
    workspaces.bring_up(host, wanted)
    assert engine.made(NAME).started != second


def test_a_safe_start_makes_no_new_container_whatever_else_is_asked(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    wanted = spec(kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "t"})
    made = workspaces.bring_up(host, wanted)
    workspaces.stop(host, made)
    engine.disk_full = True
    other = replace(wanted, limits=Limits(shm_size=3 * GIB), safe_mode=True)
    assert workspaces.bring_up(host, other).container.id == made.container.id
    assert engine.made(NAME).running


def test_with_hardly_any_room_every_start_is_safe(
    host: Host, roomy: list[Room], spec: Specs
) -> None:
    made = workspaces.launch(host, spec())
    workspaces.stop(host, made)
    roomy[0] = Room("/var/lib/labdock", GIB - 1, 1000 * GIB)
    workspaces.start(host, made)
    assert told(host)[secrets.SAFE_MODE] == "disk"


def test_a_disk_that_fills_up_does_not_disturb_what_runs(
    host: Host, engine: FakeEngine, roomy: list[Room], spec: Specs
) -> None:
    wanted = spec(kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "t"})
    workspaces.bring_up(host, wanted)
    started = engine.made(NAME).started
    roomy[0] = Room("/var/lib/labdock", 0, 1000 * GIB)
    workspaces.bring_up(host, wanted)
    assert engine.made(NAME).started == started
    assert secrets.SAFE_MODE not in told(host)


def test_secrets_are_written_over_where_no_room_is_left_for_a_second_file(
    host: Host, spec: Specs, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspaces.launch(host, spec())

    def full(path: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    secrets.write(host.settings, NAME, {"A": "b"})
    assert secrets.read(host.settings, NAME) == {"A": "b"}
    assert [path.name for path in (host.settings.secrets / NAME).iterdir()] == [secrets.FILE]


@pytest.mark.parametrize(
    "answer, shown",
    [("disk", ["disk"]), ("asked", ["asked"]), ("", []), (None, []), ("<script>", [])],
)
def test_the_owner_is_told_what_the_server_says(
    host: Host,
    spec: Specs,
    monkeypatch: pytest.MonkeyPatch,
    answer: str | None,
    shown: list[str],
) -> None:
    made = workspaces.launch(host, spec())
    monkeypatch.setattr(inside, "safe_mode", lambda host, workspace: answer)
    assert safe_mode.note(host, made) == "".join(shown)
    found = notices.open_notices(host.database, now=host.clock(), owner="kunyoung")
    assert [notice.values["why"] for notice in found] == shown


def test_the_notice_goes_with_the_next_usual_start(
    host: Host, spec: Specs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workspaces.launch(host, spec())
    answers = iter(["environment", ""])
    monkeypatch.setattr(inside, "safe_mode", lambda host, workspace: next(answers))
    safe_mode.note(host, made)
    assert safe_mode.note(host, made) == ""
    assert notices.open_notices(host.database, now=host.clock()) == []
