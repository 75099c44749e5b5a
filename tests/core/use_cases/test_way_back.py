"""Where a workspace that does not start goes back to, and what is saved on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.use_cases.conftest import BASE, TORCH, Clock
from workspace_cli.core import good_starts, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.environments import commit
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.good_starts import WayBack, way_back
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace, WorkspaceSpec
from workspace_cli.core.reading import find
from workspace_cli.core.safety_saves import NOT_STARTED, safety_save
from workspace_cli.core.sharing import Recipient
from workspace_cli.core.workspaces import launch, remove, roll_back

Specs = Callable[..., WorkspaceSpec]
STUDY = "kunyoung/study"


@pytest.fixture
def workspace(host: Host, spec: Specs) -> Workspace:
    return launch(host, spec())


def worked(host: Host, clock: Clock) -> None:
    clock.now += 60
    good_starts.note(host, find(host, STUDY))


def saved(host: Host, clock: Clock, tag: str) -> str:
    clock.now += 60
    return commit(host, find(host, STUDY), tag).reference


def back(host: Host, asked: str = "") -> WayBack | None:
    return way_back(host, "kunyoung", "study", asked)


def test_what_was_installed_is_left_behind_where_the_image_is_sound(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    worked(host, clock)
    assert back(host) == WayBack(BASE, save_first=True)


def test_the_last_save_comes_before_the_image_itself(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    worked(host, clock)
    saved(host, clock, "v1")
    last = saved(host, clock, "v2")
    safety_save(host, find(host, STUDY))
    assert back(host) == WayBack(last, save_first=True)


def test_from_an_image_that_never_came_up_it_is_what_it_was_before(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    worked(host, clock)
    roll_back(host, find(host, STUDY), TORCH)
    assert back(host) == WayBack(BASE, save_first=False)


def test_what_was_saved_before_the_change_is_what_it_was(
    host: Host, workspace: Workspace, clock: Clock
) -> None:
    worked(host, clock)
    before = safety_save(host, workspace).reference
    roll_back(host, find(host, STUDY), TORCH)
    assert back(host) == WayBack(before, save_first=False)


def test_an_environment_that_never_came_up_leads_to_its_parent(
    host: Host, workspace: Workspace, clock: Clock, spec: Specs
) -> None:
    first = saved(host, clock, "v1")
    roll_back(host, find(host, STUDY), first)
    second = saved(host, clock, "v2")
    remove(host, find(host, STUDY))
    launch(host, spec(image=second))
    assert back(host) == WayBack(first, save_first=False)


def test_the_way_never_leads_in_a_circle(host: Host, workspace: Workspace, clock: Clock) -> None:
    """Everything that was saved is broken: at the end stands an image of the lab."""
    worked(host, clock)
    for tag in ("v1", "v2", "v3"):
        saved(host, clock, tag)
    seen = []
    for _ in range(6):
        found = back(host)
        assert found is not None
        seen.append(found.reference)
        clock.now += 60
        if found.save_first:
            safety_save(host, find(host, STUDY), NOT_STARTED)
        roll_back(host, find(host, STUDY), found.reference)
    assert seen[0] == "labdock/kunyoung/v3:latest"
    assert seen[1] == BASE
    # From there on it is the image itself, anew, and the last save that may be tried again.
    assert set(seen[1:]) <= {BASE, seen[0]}


def test_a_first_start_that_leaves_nothing_leads_to_the_labs_first_image(host: Host) -> None:
    assert back(host) is None
    assert back(host, asked=TORCH) == WayBack(BASE, save_first=False)
    assert back(host, asked=BASE) is None


def test_it_never_leads_to_what_the_owner_may_not_start_from_any_more(
    host: Host, workspace: Workspace, clock: Clock, spec: Specs, engine: FakeEngine
) -> None:
    theirs = commit(host, launch(host, spec("own", owner="lee")), "cv:v1").reference
    sharing.share(host, theirs, Recipient("lab"), Actor("lee"))
    roll_back(host, find(host, STUDY), theirs)
    worked(host, clock)
    roll_back(host, find(host, STUDY), TORCH)
    assert back(host) == WayBack(theirs, save_first=False)
    sharing.withdraw(host, theirs, None, Actor("lee"))
    assert back(host) == WayBack(BASE, save_first=False)


def test_only_the_last_good_starts_are_remembered(
    host: Host, engine: FakeEngine, workspace: Workspace, clock: Clock
) -> None:
    worked(host, clock)
    for number in range(12):
        engine.tag(BASE, f"lab/other:{number}")
        roll_back(host, find(host, STUDY), f"lab/other:{number}")
        worked(host, clock)
    found = good_starts.good_starts(host, "kunyoung", "study")
    assert found == [f"lab/other:{number}" for number in range(11, 1, -1)]
