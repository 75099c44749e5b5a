"""What an uninstallation takes away, and what it leaves to others."""

from pathlib import Path

import pytest

from tests.setup.console import RecordingConsole
from tests.setup.test_resume import TINY, workspace
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.settings import Settings
from workspace_cli.setup import uninstall

SAVED = "labdock/kim/study:v1"


@pytest.fixture
def engine(fake_engine: FakeEngine) -> FakeEngine:
    """Give an engine with an environment that a member saved."""
    fake_engine.tag(fake_engine.image(TINY).id, SAVED)
    return fake_engine


def tags(engine: FakeEngine) -> set[str]:
    return {tag for image in engine.images() for tag in image.tags}


def take_all(settings: Settings, engine: FakeEngine, console: RecordingConsole) -> None:
    uninstall._remove_workspaces(settings, engine, console)
    uninstall._remove_images(engine, console)


def test_workspaces_and_images_go(
    engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    workspace(engine, "kim", settings.root)
    take_all(settings, engine, console)
    assert engine.containers() == []
    assert SAVED not in tags(engine)


def test_another_data_roots_environments_stay(
    engine: FakeEngine, settings: Settings, console: RecordingConsole, tmp_path: Path
) -> None:
    workspace(engine, "kim", settings.root)
    other = workspace(engine, "lee", tmp_path / "other")
    engine.stop(other)
    take_all(settings, engine, console)
    assert [row.name for row in engine.containers()] == [other]
    assert SAVED in tags(engine)
    assert "lee/default" in console.warnings[0]
