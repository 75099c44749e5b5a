from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.postgresql import PostgreSQL, running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server that the tests start."""
    with running() as server:
        yield server
