"""What an engine tells while it works, over both engines."""

from __future__ import annotations

import threading

from tests.contract.conftest import Bench
from tests.support import eventually
from workspace_cli.core.engine import Event


def test_events_tell_a_container_s_life(bench: Bench) -> None:
    seen: list[Event] = []
    events = bench.engine.events({"test.of": bench.prefix})
    listener = threading.Thread(target=lambda: seen.extend(events))
    wanted = bench.create("a", labels={"test.of": bench.prefix})
    other = bench.create("b")
    for name in (other, wanted):
        bench.engine.start(name)
        bench.engine.stop(name, 0)
        bench.engine.remove(name)
    listener.start()

    def actions() -> list[str]:
        return [event.action for event in seen]

    eventually(lambda: "destroy" in actions())
    events.close()
    listener.join(10)
    assert not listener.is_alive()
    assert {event.name for event in seen} == {wanted}
    assert {event.type for event in seen} == {"container"}
    lives = [action for action in actions() if action in ("create", "start", "die", "destroy")]
    assert lives == ["create", "start", "die", "destroy"]


def test_closing_ends_a_listener_that_waits(bench: Bench) -> None:
    events = bench.engine.events({"test.of": bench.prefix})
    listener = threading.Thread(target=lambda: list(events))
    listener.start()
    events.close()
    listener.join(10)
    assert not listener.is_alive()
