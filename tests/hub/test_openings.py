"""What members have confirmed, over both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.accounts import AccountStore
from hub.portal.openings import KEPT_SECONDS, MOST, Openings
from tests.hub.portal.conftest import Clock
from tests.hub.postgresql import PostgreSQL
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.database import FILE, database_url
from workspace_cli.core.errors import NotFoundError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.opening import parse_wanted
from workspace_cli.core.settings import Settings

COURSE = parse_wanted("https://git.example.org:8443/our-lab/course.git", "v1", "a/과제 1.ipynb")


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Host]:
    """A machine with each kind of database."""
    url = None
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database()
    settings = Settings(root=tmp_path, database_url=url)
    settings.hub_dir.mkdir()
    made = Host(FakeEngine(), settings, Catalogue(), clock)
    yield made
    made.database.close()


def rows(host: Host) -> str:
    with host.database.connect() as connection:
        return repr(connection.execute(text("SELECT * FROM labdock_opening")).all())


def test_what_was_confirmed_is_read_again(host: Host) -> None:
    made = Openings(host).add("kim", "default", COURSE)
    assert Openings(host).find("kim", made.id) == made
    for other, number in (("park", made.id), ("kim", made.id.upper()), ("kim", "\x00\ud800")):
        with pytest.raises(NotFoundError):
            Openings(host).find(other, number)


def test_a_copy_of_the_database_has_no_number_in_it(host: Host) -> None:
    made = Openings(host).add("kim", "default", COURSE)
    assert "our-lab/course" in rows(host)
    assert made.id not in rows(host)


def test_it_ends_after_an_hour_and_is_swept(host: Host, clock: Clock) -> None:
    openings = Openings(host)
    made = openings.add("kim", "default", COURSE)
    clock.now += KEPT_SECONDS - 1
    assert openings.find("kim", made.id) == made
    clock.now += 1
    with pytest.raises(NotFoundError, match="more than an hour ago"):
        openings.find("kim", made.id)
    openings.add("park", "default", COURSE)
    assert "kim" not in rows(host)


def test_only_so_many_are_kept(host: Host, clock: Clock) -> None:
    openings = Openings(host)
    other = openings.add("park", "default", COURSE)
    made = []
    for _ in range(MOST + 1):
        made.append(openings.add("kim", "default", COURSE))
        clock.now += 1
    with pytest.raises(NotFoundError):
        openings.find("kim", made[0].id)
    for one in made[1:]:
        assert openings.find("kim", one.id) == one
    assert openings.find("park", other.id) == other


def test_the_newest_stays_where_all_came_within_a_moment(host: Host) -> None:
    openings = Openings(host)
    for _ in range(2 * MOST):
        made = openings.add("kim", "default", COURSE)
        assert openings.find("kim", made.id) == made
    assert rows(host).count("'kim'") == MOST


def test_several_confirm_at_the_same_time(host: Host) -> None:
    host.database.migrate()
    openings = Openings(host)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: openings.add("kim", "default", COURSE), range(12)))
    assert all(openings.find("kim", one.id) == one for one in made)


def test_whoever_gets_the_name_next_inherits_none(host: Host) -> None:
    store = AccountStore(database_url(host.settings, FILE))
    store.migrate()
    store.add("kim", "a-long-enough-password")
    made = Openings(host).add("kim", "default", COURSE)
    store.remove("kim")
    store.close()
    with pytest.raises(NotFoundError):
        Openings(host).find("kim", made.id)
