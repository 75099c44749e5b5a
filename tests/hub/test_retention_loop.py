"""The nightly round over environments that are no longer kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.machine import Machine
from hub.retention_loop import RetentionRound
from tests.hub.running_hub import BASE, add_images
from workspace_cli.core import audit
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import ConflictError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import environments
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import launch

pytestmark = pytest.mark.asyncio
SEOUL = ZoneInfo("Asia/Seoul")


@dataclass
class Clock:
    """Time that passes only when a test says so."""

    now: datetime = datetime(2026, 11, 20, 15, 0, tzinfo=SEOUL)

    def __call__(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def host(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setattr("workspace_cli.core.ports.is_free", lambda port: True)
    engine = FakeEngine(clock)
    add_images(engine)
    settings = Settings(root=tmp_path, timezone="Asia/Seoul")
    catalogue = Catalogue.of((CatalogueImage(name=BASE, workspace=True),))
    host = Host(engine, settings, catalogue, clock)
    settings.policy_file.parent.mkdir(parents=True, exist_ok=True)
    settings.policy_file.write_text("[retention]\nkeep_last = 1\n")
    workspace = launch(host, WorkspaceSpec(owner="kim", name="study", image=BASE))
    for number in range(3):
        clock.now += timedelta(minutes=1)
        commit(host, workspace, f"vision:v{number}")
    return host


def left(host: Host) -> list[str]:
    return [one.reference for one in environments(host, "kim")]


async def test_it_runs_once_a_night_in_the_labs_own_hour(
    host: Host, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = RetentionRound(Machine(host), logging.getLogger(__name__))
    await rounds.look()
    assert len(left(host)) == 3
    clock.now = datetime(2026, 11, 21, 4, 10, tzinfo=SEOUL)
    with caplog.at_level(logging.INFO):
        await rounds.look()
    assert left(host) == ["labdock/kim/vision:v2"]
    assert "labdock/kim/vision:v0 is no longer kept" in caplog.text
    assert {(entry.actor, entry.action) for entry in audit.entries(host)} == {("labdock", "prune")}

    workspace = launch(host, WorkspaceSpec(owner="kim", name="other", image=BASE))
    commit(host, workspace, "vision:v3")
    clock.now += timedelta(minutes=10)
    await rounds.look()
    assert len(left(host)) == 2, "tonight's round has been"
    clock.now += timedelta(days=1)
    await rounds.look()
    assert len(left(host)) == 1


async def test_one_that_cannot_go_is_told_and_stops_no_other(
    host: Host, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(host.engine, FakeEngine)
    host.engine.fail_on("remove_image", ConflictError("It is in use."))
    clock.now = datetime(2026, 11, 21, 4, 10, tzinfo=SEOUL)
    await RetentionRound(Machine(host), logging.getLogger(__name__)).look()
    assert "stays" in caplog.text
    assert left(host) == ["labdock/kim/vision:v2", "labdock/kim/vision:v0"]
