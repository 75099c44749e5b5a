from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.hub.postgresql import PostgreSQL, running
from workspace_cli.core.fake_engine import FakeEngine

if TYPE_CHECKING:
    from tests.hub.running_hub import RunningHub


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server that the tests start."""
    with running() as server:
        yield server


@pytest_asyncio.fixture
async def hub(tmp_path: Path) -> AsyncIterator[RunningHub]:
    """A hub over an engine in memory that has the lab's images, with the admin alone."""
    # Here: what tests the portal alone has no use for JupyterHub.
    from tests.hub.running_hub import add_images, running_hub

    engine = FakeEngine()
    add_images(engine)
    async with running_hub(tmp_path / "root", engine) as hub:
        yield hub
