"""Limits of real containers: what the engine holds them to, and what it says when one ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support import eventually
from workspace_cli.core import labels, oom
from workspace_cli.core.engine import Event
from workspace_cli.core.host import Host
from workspace_cli.core.models import Limits, WorkspaceSpec
from workspace_cli.core.workspaces import bring_up, launch, stop

MIB = 2**20
EAT = "x=abcdefgh; while true; do x=$x$x; done"


@pytest.fixture
def heard(host: Host, spec: WorkspaceSpec) -> Iterator[list[Event]]:
    """Collect the engine's events of the test's own containers."""
    events: list[Event] = []
    stream = host.engine.events({labels.OWNER: spec.owner})

    def follow() -> None:
        for event in stream:
            events.append(event)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    yield events
    stream.close()
    thread.join(5)


def test_a_program_that_needs_more_memory_than_the_limit_is_told(
    host: Host, spec: WorkspaceSpec, heard: list[Event]
) -> None:
    host.settings.hub_dir.mkdir(parents=True)
    workspace = launch(host, replace(spec, limits=Limits(memory=64 * MIB)))
    name = workspace.container.name
    ended = host.engine.execute(name, ["sh", "-c", EAT])
    assert ended.exit_code == 137
    eventually(lambda: any(event.action == "oom" for event in heard))
    event = next(event for event in heard if event.action == "oom")
    killing = oom.killing_of(host, event)
    assert killing is not None
    assert (killing.owner, killing.workspace) == (spec.owner, spec.name)
    assert killing.limit == 64 * MIB
    oom.tell(host, killing)
    assert oom.last_killing(host, spec.owner, spec.name) == killing
    # The workspace itself goes on.
    assert host.engine.container(name).state == "running"


def test_the_kernel_holds_a_workspace_to_what_was_granted(host: Host, spec: WorkspaceSpec) -> None:
    limits = Limits(
        cpus=0.5, memory=128 * MIB, shm_size=32 * MIB, pids=64, open_files=512, log_size=MIB
    )
    name = launch(host, replace(spec, limits=limits)).container.name
    seen = host.engine.execute(name, ["sh", "-c", "ulimit -n; ulimit -Hn"]).output.split()
    assert seen == [b"512", b"512"]
    mounts = host.engine.execute(name, ["cat", "/proc/mounts"]).output.decode()
    shm = next(line for line in mounts.splitlines() if " /dev/shm " in line)
    assert f"size={32 * 1024}k" in shm
    container = host.engine.container(name)
    assert (container.limits.log_size, container.limits.log_files) == (MIB, 3)
    assert container.limits.swap is None


def test_memory_and_swap_of_a_stopped_workspace_change_in_place(
    host: Host, spec: WorkspaceSpec
) -> None:
    hub = replace(spec, kind="hub", limits=Limits(memory=256 * MIB))
    first = bring_up(host, hub)
    stop(host, first, timeout=0)
    again = bring_up(host, replace(hub, limits=Limits(memory=128 * MIB, swap=64 * MIB, pids=99)))
    assert again.container.id == first.container.id
    after = host.engine.container(again.container.name).limits
    assert (after.memory, after.swap, after.pids) == (128 * MIB, 64 * MIB, 99)
