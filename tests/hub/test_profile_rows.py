"""The rows of profiles, over both databases, also when several write at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.hub.postgresql import PostgreSQL
from workspace_cli.core import profiles
from workspace_cli.core.actors import Actor
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import ConflictError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings

KIM = Actor("kim")
ADMIN = Actor("root", admin=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """A machine with each kind of database."""
    url = None
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new_database()
    made = Host(FakeEngine(), Settings(root=tmp_path, database_url=url), Catalogue())
    yield made
    made.database.close()


def test_what_is_written_is_read_again(host: Host) -> None:
    own = profiles.save(host, "논문 그림", {"memory": "2g", "ports": "8888"}, KIM)
    course = profiles.save(host, "Course", {}, ADMIN, lab=True, group="")
    assert profiles.offered(host, "kim") == [own, course]
    profiles.choose_first(host, "kim", own.id)
    profiles.choose_first(host, "kim", course.id)
    assert profiles.first(host, "kim") == course.id
    changed = profiles.change(host, own, "Papers", {}, KIM)
    assert profiles.find(host, "kim", "PAPERS") == changed
    profiles.delete(host, changed, KIM)
    profiles.forget_member(host, "kim")
    assert profiles.offered(host, "kim") == [course]
    assert profiles.first(host, "kim") == ""


def test_who_saves_at_the_same_time_is_told_to_try_again_at_worst(host: Host) -> None:
    host.database.migrate()

    def save(number: int) -> str:
        try:
            return profiles.save(host, "Same", {"pids": 100 + number}, KIM).options["pids"]
        except ConflictError:
            return ""

    with ThreadPoolExecutor(8) as pool:
        done = [one for one in pool.map(save, range(16)) if one]
    (left,) = profiles.offered(host, "kim")
    assert left.options["pids"] in done
