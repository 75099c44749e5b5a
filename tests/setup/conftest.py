"""What the tests of set-up share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.setup.console import RecordingConsole
from workspace_cli.core.settings import Settings


@pytest.fixture
def console() -> RecordingConsole:
    """Give a console that keeps what it is told."""
    return RecordingConsole()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give the settings of a machine whose data root is the test's own."""
    return Settings(root=tmp_path / "labdock")
