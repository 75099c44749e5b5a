"""What all running containers use."""

from __future__ import annotations

import threading

import pytest

from workspace_cli.core import use
from workspace_cli.core.engine_use import Use
from workspace_cli.core.errors import ConflictError, EngineUnreachableError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.models import ContainerRequest

IMAGE = "labdock/base:latest"


def run(engine: FakeEngine, count: int) -> list[str]:
    engine.add_image(IMAGE)
    made = [engine.create(ContainerRequest(name=f"c{n}", image=IMAGE)) for n in range(count)]
    for one in made:
        engine.start(one)
    return made


def test_all_are_read_and_what_is_gone_meanwhile_is_left_out(fake_engine: FakeEngine) -> None:
    made = run(fake_engine, 10)
    for number, one in enumerate(made):
        fake_engine.made(one).memory = number
    fake_engine.stop(made[3])
    fake_engine.remove(made[4], force=True)
    fake_engine.fail_on("use", ConflictError("It is being removed.", "Wait."))
    found = use.read_all(fake_engine, made)
    assert 3 not in {one.memory for one in found.values()}
    assert len(found) == 7
    assert all(found[one].memory == made.index(one) for one in found)


def test_several_are_asked_at_once_and_never_too_many(fake_engine: FakeEngine) -> None:
    made = run(fake_engine, 3 * use.WORKERS)
    together = threading.Barrier(use.WORKERS, timeout=10)
    threads = set()

    def wait(method: str) -> None:
        threads.add(threading.get_ident())
        together.wait()

    fake_engine.before = wait
    assert len(use.read_all(fake_engine, made)) == 3 * use.WORKERS
    assert len(threads) == use.WORKERS


def test_an_engine_that_is_away_is_told(fake_engine: FakeEngine) -> None:
    made = run(fake_engine, 2)
    fake_engine.unreachable = True
    with pytest.raises(EngineUnreachableError):
        use.read_all(fake_engine, made)


def test_how_busy_is_the_time_taken_over_the_time_that_passed() -> None:
    def one(seconds: float, at: float) -> Use:
        return Use(memory=1, limit=None, cpu_seconds=seconds, at=at)

    before = {"a": one(5, 100), "again": one(50, 100), "same": one(1, 110)}
    now = {"a": one(20, 110), "again": one(1, 110), "same": one(1, 110), "new": one(9, 110)}
    assert use.busy(before, now) == {"a": 1.5}
