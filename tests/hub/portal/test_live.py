"""The picture of every workspace: what it is made of, and how soon it is up to date."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from hub.portal import board
from hub.portal.board import Change
from hub.portal.live import Live
from hub.portal.servers import servers_of, user_path, users_path
from hub.portal.shown import Shown
from tests.hub.portal.conftest import Clock, FakeHub
from tests.support import eventually
from workspace_cli.core import labels, lease_rows, naming
from workspace_cli.core.errors import EngineUnreachableError, HubUnreachableError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.lease_rows import LeaseRow
from workspace_cli.core.models import ContainerRequest

IMAGE = "labdock/base:latest"


def make(engine: FakeEngine, owner: str, name: str = "default", kind: str = "hub") -> str:
    """Make and start a workspace's container; return its name."""
    container = naming.container_name(owner, name)
    engine.create(
        ContainerRequest(
            name=container,
            image=IMAGE,
            labels={
                labels.OWNER: owner,
                labels.WORKSPACE: name,
                labels.KIND: kind,
                labels.IMAGE: IMAGE,
                labels.PORTS: "9201:8080,9202:6006",
            },
        )
    )
    engine.start(container)
    return container


def server(name: str = "", **fields: Any) -> dict[str, Any]:
    """Return the hub's model of a server that runs."""
    return {
        "name": name,
        "display_name": "",
        "pending": None,
        "ready": True,
        "stopped": False,
        "url": f"/user/kim/{name}",
        "user_options": {"image": IMAGE, "memory": "2g", "gpus": "1"},
        "last_activity": "2026-11-21T10:00:00.000000Z",
        **fields,
    }


def tell(hub: FakeHub, owner: str, *servers: dict[str, Any]) -> None:
    """Let the hub tell of an owner's servers."""
    user = {"name": owner, "servers": {one["name"]: one for one in servers}}
    hub.answers["GET", user_path(owner)] = user
    others = hub.answers.get(("GET", users_path(0)), [])
    hub.answers["GET", users_path(0)] = [*(o for o in others if o["name"] != owner), user]


def shown(live: Live, owner: str = "kim", name: str = "default") -> Shown:
    return live.board.picture.workspaces[owner, name]


def test_the_engine_and_the_hub_make_one_picture(
    live: Live, hub: FakeHub, fake_engine: FakeEngine
) -> None:
    make(fake_engine, "kim")
    tell(hub, "kim", server(), server("later", ready=False, stopped=True))
    live.look()
    one = shown(live)
    assert (one.state, one.image, one.memory, one.url) == (
        "running",
        IMAGE,
        2 * 2**30,
        "/user/kim/",
    )
    assert [port.host for port in one.ports] == [9201, 9202]
    assert shown(live, name="later").state == "stopped"
    assert live.board.picture.engine
    assert live.board.picture.hub


@pytest.mark.parametrize(
    "model, expected",
    [
        ({"pending": "spawn", "ready": False}, "starting"),
        ({"pending": "stop", "ready": True}, "stopping"),
        ({"pending": None, "ready": False}, "running"),
    ],
)
def test_a_running_container_is_what_the_hub_does_with_it(
    live: Live, hub: FakeHub, fake_engine: FakeEngine, model: dict[str, Any], expected: str
) -> None:
    make(fake_engine, "kim")
    tell(hub, "kim", server(**model))
    live.look()
    assert shown(live).state == expected


@pytest.mark.parametrize(
    "code, oom, state, why",
    [
        (0, False, "stopped", ""),
        (137, False, "stopped", ""),
        (137, True, "failed", "memory"),
        (1, False, "failed", "exit code 1"),
    ],
)
def test_what_ended_by_itself_is_told_apart_from_what_was_stopped(
    live: Live, fake_engine: FakeEngine, code: int, oom: bool, state: str, why: str
) -> None:
    name = make(fake_engine, "kim", kind="standalone")
    fake_engine.end(name, code, oom_killed=oom)
    live.look()
    assert shown(live).state == state
    assert why in shown(live).why


def test_events_change_the_picture_at_once(
    live: Live, hub: FakeHub, fake_engine: FakeEngine
) -> None:
    live.start()
    eventually(lambda: live.board.picture.engine)
    told = threading.Event()

    def watcher(change: Change) -> None:
        if ("park", "nlp") in change.workspaces:
            told.set()

    live.board.watch(watcher)
    name = make(fake_engine, "park", "nlp", kind="standalone")
    assert told.wait(5)
    eventually(lambda: shown(live, "park", "nlp").state == "running")
    fake_engine.stop(name)
    eventually(lambda: shown(live, "park", "nlp").state == "stopped")
    fake_engine.remove(name)
    eventually(lambda: ("park", "nlp") not in live.board.picture.workspaces)


def test_a_gap_in_the_events_is_made_good(live: Live, fake_engine: FakeEngine) -> None:
    make(fake_engine, "kim", kind="standalone")
    fake_engine.fail_on("containers", EngineUnreachableError("Gone.", "Wait."))
    live.start()
    eventually(lambda: live.board.picture.engine)
    assert shown(live).state == "running"


def test_a_start_that_failed_is_told_until_the_next(
    live: Live, hub: FakeHub, fake_engine: FakeEngine
) -> None:
    tell(hub, "kim", server(ready=False, stopped=True))
    live.look()
    live.board.put_failure(("kim", "default"), "No room on the disk.")
    assert (shown(live).state, shown(live).why) == ("failed", "No room on the disk.")
    live.start()
    make(fake_engine, "kim")
    tell(hub, "kim", server())
    eventually(lambda: shown(live).state == "running" and not shown(live).why)


def test_of_failed_starts_without_end_the_latest_are_kept(
    live: Live, fake_engine: FakeEngine
) -> None:
    for number in range(board.MOST_FAILURES + 5):
        live.board.put_failure(("kim", f"w{number}"), "No.")
    kept = live.board._sources().failures
    assert len(kept) == board.MOST_FAILURES
    assert ("kim", "w4") not in kept
    assert ("kim", "w5") in kept


def test_a_slow_answer_about_the_gpus_keeps_no_server_back(
    live: Live, hub: FakeHub, fake_engine: FakeEngine
) -> None:
    asked, over = threading.Event(), threading.Event()

    def busy() -> list[Any]:
        asked.set()
        over.wait(30)
        return []

    hub.answers["GET", "/gpus"] = busy
    live.start()
    try:
        assert asked.wait(10)
        eventually(lambda: live.board.picture.engine)
        tell(hub, "kim", server())
        make(fake_engine, "kim")
        eventually(lambda: ("kim", "default") in live.board.picture.workspaces)
        eventually(lambda: shown(live).believed_up)
    finally:
        over.set()


def test_whose_gpus_are_is_asked_at_once_when_a_lease_is_new(
    live: Live, hub: FakeHub, fake_engine: FakeEngine, host: Host
) -> None:
    held: list[dict[str, Any]] = []
    hub.answers["GET", "/gpus"] = lambda: held
    live.start()
    eventually(lambda: ("GET", "/gpus", None, "") in hub.calls)
    name = naming.container_name("kim", "default")
    with host.database.begin() as connection:
        row = LeaseRow(container=name, owner="kim", workspace="default", began=1.0)
        lease_rows.put(connection, row)
    held.append({"id": "GPU-1"})
    # Long before the next look by the clock.
    make(fake_engine, "kim", kind="standalone")
    eventually(lambda: live.board.picture.gpus == ({"id": "GPU-1"},), timeout=5)


def test_nobody_is_told_of_nothing(live: Live, hub: FakeHub, fake_engine: FakeEngine) -> None:
    make(fake_engine, "kim", kind="standalone")
    live.look()
    told: list[Change] = []
    live.board.watch(told.append)
    live.look()
    assert told == []


def test_a_hub_that_does_not_answer_leaves_what_the_engine_says(
    live: Live, hub: FakeHub, fake_engine: FakeEngine
) -> None:
    make(fake_engine, "kim")
    hub.answers["GET", users_path(0)] = HubUnreachableError("Down.", "Wait.")
    live.start()
    eventually(lambda: live.board.picture.engine)
    assert shown(live).state == "running"
    assert not live.board.picture.hub


def test_many_under_way_are_asked_about_at_once(live: Live, hub: FakeHub, clock: Clock) -> None:
    for number in range(20):
        live.touch(f"m{number}")
    live.look_at_moving()
    assert [path for _, path, _, _ in hub.calls] == [users_path(0)]


def test_all_pages_of_the_hubs_users_are_read(live: Live, hub: FakeHub) -> None:
    def user(number: int) -> dict[str, Any]:
        return {"name": f"u{number}", "servers": {"": server()}}

    hub.answers["GET", users_path(0)] = [user(number) for number in range(200)]
    hub.answers["GET", users_path(200)] = [user(200)]
    live.look_at_servers()
    assert len(live.board.picture.workspaces) == 201


def test_a_default_server_that_nobody_ever_used_is_no_workspace() -> None:
    untouched = server(user_options=None, last_activity=None, stopped=True, ready=False)
    assert servers_of({"name": "kim", "servers": {"": untouched}}) == {}
