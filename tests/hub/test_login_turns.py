"""Many logins at once, behind one address."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.login_turns import LoginTurns
from hub.throttle import FREE, Throttle, login_keys
from workspace_cli.core.database import Database

pytestmark = pytest.mark.asyncio
CLASS = 50


@pytest.fixture
def throttle(tmp_path: Path) -> Iterator[Throttle]:
    database = Database(f"sqlite:///{tmp_path / 'labdock.sqlite'}")
    # Time stands still: nobody gets in because a wait has run out meanwhile.
    yield Throttle(database, clock=lambda: 1_000_000.0)
    database.close()


async def log_in(turns: LoginTurns, throttle: Throttle, account: str, right: bool) -> bool:
    """Try a password; tell whether it was looked at."""
    keys = login_keys("10.0.0.1", account)
    async with turns.turn(keys) as wait:
        if wait > 0:
            return False
        await asyncio.sleep(0.001)
        if right:
            await asyncio.to_thread(throttle.succeeded, keys)
    return True


async def test_a_class_behind_one_address_logs_in_at_once(throttle: Throttle) -> None:
    turns = LoginTurns(throttle)
    works = (log_in(turns, throttle, f"m{number}", right=True) for number in range(CLASS))
    assert all(await asyncio.gather(*works))
    assert not turns._lines


async def test_wrong_passwords_at_once_gain_nothing(throttle: Throttle) -> None:
    turns = LoginTurns(throttle)
    works = (log_in(turns, throttle, f"m{number}", right=False) for number in range(CLASS))
    looked_at = await asyncio.gather(*works)
    assert looked_at.count(True) == FREE["address"]
    assert not turns._lines


async def test_right_passwords_get_in_beside_a_few_wrong_ones(throttle: Throttle) -> None:
    turns = LoginTurns(throttle)
    wrong = [
        log_in(turns, throttle, f"w{number}", right=False) for number in range(FREE["address"] - 1)
    ]
    right = [log_in(turns, throttle, f"m{number}", right=True) for number in range(CLASS)]
    assert all(await asyncio.gather(*wrong, *right))


async def test_one_account_s_passwords_are_not_tried_at_once_either(throttle: Throttle) -> None:
    turns = LoginTurns(throttle)
    works = (log_in(turns, throttle, "kim", right=False) for _ in range(CLASS))
    assert (await asyncio.gather(*works)).count(True) == FREE["account"]


async def test_who_gives_up_while_waiting_keeps_nobody_else_out(throttle: Throttle) -> None:
    turns = LoginTurns(throttle)
    tasks = [
        asyncio.create_task(log_in(turns, throttle, f"m{number}", right=True))
        for number in range(CLASS)
    ]
    while not any(line.waiting for line in turns._lines.values()):  # noqa: ASYNC110
        await asyncio.sleep(0)
    tasks[-1].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert outcomes.count(True) == CLASS - 1
    assert not turns._lines
