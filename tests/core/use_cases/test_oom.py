"""Memory that runs out, told to the member whose program it was."""

import logging
from collections.abc import Callable

import pytest

from hub.machine import Machine
from hub.oom_watch import OutOfMemoryWatch
from tests.support import eventually
from workspace_cli.core import labels, notices, oom
from workspace_cli.core.engine import Event
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import Limits, WorkspaceSpec
from workspace_cli.core.workspaces import launch, remove

Specs = Callable[..., WorkspaceSpec]
NAME = "labdock-kunyoung--study"
OURS = {labels.OWNER: "kunyoung", labels.WORKSPACE: "study"}


@pytest.fixture(autouse=True)
def database(host: Host) -> None:
    host.settings.hub_dir.mkdir(parents=True)


def event(action: str, attributes: dict[str, str]) -> Event:
    return Event("container", action, NAME, attributes, 5.0)


def test_the_event_names_owner_and_limit(host: Host, spec: Specs) -> None:
    launch(host, spec(limits=Limits(memory=2**30)))
    killing = oom.killing_of(host, event("oom", OURS))
    assert killing == oom.Killing("kunyoung", "study", 2**30, 5.0)


def test_other_events_and_other_containers_say_nothing(host: Host) -> None:
    assert oom.killing_of(host, event("die", OURS)) is None
    assert oom.killing_of(host, event("oom", {})) is None


def test_of_a_container_that_is_gone_the_machines_memory_is_told(host: Host, spec: Specs) -> None:
    remove(host, launch(host, spec()))
    killing = oom.killing_of(host, event("oom", OURS))
    assert killing is not None
    assert killing.limit == host.info.memory


def test_the_hub_hears_of_it_and_the_owner_is_told_once(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    workspace = launch(host, spec(limits=Limits(memory=2**30)))
    watch = OutOfMemoryWatch(Machine(host), logging.getLogger(__name__))
    watch.start()
    eventually(lambda: ("events", "") in [(m, "") for m, _ in engine.calls])
    for _ in range(3):
        engine.run_out_of_memory(NAME)
    eventually(lambda: oom.last_killing(host, workspace.owner, workspace.name))
    watch.stop()
    told = notices.open_notices(host.database, now=host.clock(), owner="kunyoung")
    assert [(notice.kind, notice.values["limit"]) for notice in told] == [("out_of_memory", 2**30)]


def test_a_notice_that_was_dismissed_is_not_told_again(host: Host) -> None:
    oom.tell(host, oom.Killing("kunyoung", "study", 2**30, host.clock()))
    (told,) = notices.open_notices(host.database, now=host.clock())
    notices.dismiss(host.database, told.id, "kunyoung", now=host.clock())
    assert oom.last_killing(host, "kunyoung", "study") is None


def test_the_sentence_names_the_limit(host: Host, engine: FakeEngine, spec: Specs) -> None:
    launch(host, spec(limits=Limits(memory=3 * 2**29), restart="no"))
    assert oom.sentence(host.engine.container(NAME)) == ""
    engine.end(NAME, 137, oom_killed=True)
    told = oom.sentence(host.engine.container(NAME))
    assert told == "It ran out of memory; its limit is 1.5 GiB."
