"""What every answer of the portal says to a browser, over TLS and without."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.hub.portal.conftest import Clock, Stage
from tests.hub.portal.test_routes import TABLE, ask
from tests.hub.test_headers import HOSTILE, HTTPS, cookie_faults, faults
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.database import FILE
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def tls(request: pytest.FixtureRequest) -> bool:
    """Whether browsers come by TLS."""
    return bool(request.param)


@pytest.fixture
def host(
    tmp_path: Path, fake_engine: FakeEngine, clock: Clock, accounts_file: Path, tls: bool
) -> Host:
    """A machine of a lab behind TLS or not."""
    settings = Settings(root=tmp_path, url=HTTPS) if tls else Settings(root=tmp_path)
    settings.hub_dir.mkdir()
    shutil.copy(accounts_file, settings.hub_dir / FILE)
    return Host(fake_engine, settings, Catalogue(), clock)


def test_every_answer_of_the_portal_says_how_it_may_be_used(stage: Stage, tls: bool) -> None:
    found: list[str] = []
    stage.client.headers.update(HOSTILE)
    for route in TABLE:
        for who in (None, "root"):
            answer = ask(stage, route, who)
            lacking = [*faults(answer, tls=tls), *cookie_faults(answer, tls=tls)]
            found += [f"{route} {answer.status_code}: {it}" for it in lacking]
    for path in ("/services/portal/nothing", "/services/portal/api/v1/nothing", "/"):
        answer = stage.client.get(path)
        found += [f"{path}: {it}" for it in faults(answer, tls=tls)]
    assert not found, "\n".join(sorted(set(found)))
