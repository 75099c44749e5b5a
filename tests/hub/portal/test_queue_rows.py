"""The rows of the queue over both databases, with several writers at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.portal import grading_queue, submissions
from hub.portal.submissions import Handed, Verdict
from tests.hub.portal.conftest import Clock
from tests.hub.postgresql import PostgreSQL
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import TooOftenError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Host]:
    """Return a machine with each kind of database."""
    url = None
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database()
    made = Host(FakeEngine(), Settings(root=tmp_path, database_url=url), Catalogue(), clock)
    made.database.migrate()
    yield made
    made.database.close()


def handed(owner: str = "kim", answer: str = "a", key: str | None = None) -> Handed:
    return Handed(owner, "c2-loss", {"mse": answer}, key=key)


def test_a_submission_goes_through_its_states(host: Host, clock: Clock) -> None:
    made = submissions.hand_in(host, handed())
    clock.now += 1
    taken = grading_queue.take(host)
    assert taken is not None
    assert taken[1] == {"mse": "a"}
    grading_queue.put_back(host, made.id)
    assert grading_queue.queue_again(host) == 0
    taken = grading_queue.take(host)
    assert taken is not None
    clock.now += 1
    grading_queue.finish(host, taken[0], [Verdict("mse", False, "sign"), Verdict("mae", True)])
    found, verdicts = submissions.submission(host, made.id, "kim")
    assert (found.state, found.created, found.finished) == ("done", clock.now - 2, clock.now)
    assert verdicts == [Verdict("mae", True), Verdict("mse", False, "sign")]
    assert [one.kind for one in submissions.attempts(host, "kim")] == [None, "sign"]
    assert submissions.attempts(host, "park") == []


def test_what_was_handed_in_twice_at_once_is_there_once(host: Host) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: submissions.hand_in(host, handed(key="k")).id, range(16)))
    assert len(set(made)) == 1
    assert len(submissions.submissions(host, "kim")[0]) == 1


def test_the_limits_hold_for_many_at_once(host: Host) -> None:
    def send(number: int) -> bool:
        try:
            submissions.hand_in(host, handed(answer=str(number)))
        except TooOftenError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(send, range(16)))[True] == submissions.WAITING


def test_no_submission_is_taken_twice(host: Host) -> None:
    wanted = {submissions.hand_in(host, handed(f"m{number}")).id for number in range(12)}
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: grading_queue.take(host), range(18)))
    ids = [one[0].id for one in taken if one is not None]
    assert (len(ids), set(ids)) == (12, wanted)


def test_pages_do_not_depend_on_the_clocks_resolution(host: Host) -> None:
    made = set()
    for number in range(5):
        made.add(submissions.hand_in(host, handed(answer=str(number))).id)
    found: list[str] = []
    following: str | None = ""
    while following is not None:
        page, following = submissions.submissions(host, "kim", before=following, limit=2)
        found += [one.id for one in page]
    assert (len(found), set(found)) == (5, made)
