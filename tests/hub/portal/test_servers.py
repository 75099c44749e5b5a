"""What the hub tells of servers, and what it is asked where it tells nothing."""

from __future__ import annotations

from typing import Any

import pytest

from hub.portal.live import Live
from hub.portal.servers import user_path, users_path
from tests.hub.portal.conftest import FakeHub, FakeStream
from tests.support import eventually
from workspace_cli.core.errors import HubUnreachableError

KEY = ("kim", "default")


def user(name: str = "kim", **fields: Any) -> dict[str, Any]:
    """Return the hub's model of a user whose default server runs."""
    model = {"pending": None, "ready": True, "stopped": False, "user_options": {"cpus": "1"}}
    return {"name": name, "servers": {"": {**model, "url": f"/user/{name}/", **fields}}}


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub(stream=FakeStream())


def stream_of(hub: FakeHub) -> FakeStream:
    assert hub.stream is not None
    return hub.stream


def asked_closely(hub: FakeHub) -> bool:
    """Whether the hub was asked about kim alone."""
    return any(path == user_path("kim") for _, path, _, _ in hub.calls)


def test_what_the_hub_tells_is_shown_and_not_asked_for(live: Live, hub: FakeHub) -> None:
    live.start()
    stream_of(hub).tell(user(pending="spawn", ready=False))
    eventually(lambda: KEY in live.board.picture.workspaces)
    assert live.board.picture.workspaces[KEY].state == "starting"
    live.touch("kim")
    stream_of(hub).tell(user())
    eventually(lambda: live.board.picture.workspaces[KEY].believed_up)
    live.look_at_moving()
    assert not asked_closely(hub)
    stream_of(hub).tell({"name": "kim", "servers": {}})
    eventually(lambda: KEY not in live.board.picture.workspaces)


def test_a_hub_that_falls_silent_is_asked_until_it_tells_again(live: Live, hub: FakeHub) -> None:
    live.start()
    stream_of(hub).tell(user())
    eventually(lambda: KEY in live.board.picture.workspaces)
    broken, hub.stream = stream_of(hub), None
    hub.answers["GET", users_path(0)] = HubUnreachableError("Down.", "Wait.")
    broken.lose()
    eventually(lambda: not live.board.picture.hub)
    hub.answers["GET", users_path(0)] = [user(pending="stop")]
    hub.answers["GET", user_path("kim")] = user(pending="stop")
    live.touch("kim")
    eventually(lambda: asked_closely(hub))
    assert live.board.picture.hub
    hub.stream = FakeStream()
    stream_of(hub).tell(user("park"))
    eventually(lambda: ("park", "default") in live.board.picture.workspaces, 10)


def test_an_answer_older_than_what_was_told_is_no_news(live: Live, hub: FakeHub) -> None:
    def answer() -> list[dict[str, Any]]:
        live.servers.follow([user()])  # while the hub makes its list
        return [user(pending="spawn", ready=False), user("park")]

    hub.answers["GET", users_path(0)] = answer
    live.look_at_servers()
    assert live.board.picture.workspaces[KEY].believed_up
    assert ("park", "default") in live.board.picture.workspaces

    hub.answers["GET", users_path(0)] = []
    live.look_at_servers()
    assert not live.board.picture.workspaces


def test_the_end_does_not_wait_for_the_hub(live: Live, hub: FakeHub) -> None:
    live.start()
    stream_of(hub).tell(user())
    eventually(lambda: KEY in live.board.picture.workspaces)
    live.stop()
    assert not any(thread.is_alive() for thread in live._threads)
