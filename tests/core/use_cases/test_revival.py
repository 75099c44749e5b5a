"""What a crash of the engine has left stopped runs again, and nothing else does."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.revival import revive
from workspace_cli.core.workspaces import launch, list_workspaces, restart, stop

Specs = Callable[..., WorkspaceSpec]


def revived(host: Host) -> list[str]:
    """Revive everything and return what runs again, in order."""
    done = revive(host, lambda workspace: True)
    assert [revival.error for revival in done] == [None] * len(done)
    return [revival.workspace.name for revival in done]


def states(host: Host) -> dict[str, str]:
    return {found.name: found.container.state for found in list_workspaces(host)}


@pytest.mark.parametrize("policy", ["always", "unless-stopped", "on-failure:3"])
def test_what_ran_at_a_crash_runs_again_as_it_was(
    host: Host, engine: FakeEngine, spec: Specs, policy: str
) -> None:
    workspace = launch(host, spec(restart=policy))
    engine.restart_engine(crash=True)
    revived(host)
    made = engine.made(workspace.container.name)
    assert (made.id, made.state, made.restart) == (workspace.container.id, "running", policy)


def test_the_engine_alone_does_not_bring_back_what_it_stopped(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    launch(host, spec())
    engine.restart_engine(crash=True)
    assert states(host) == {"study": "exited"}
    assert revived(host) == ["study"]
    assert revived(host) == []


def test_what_was_stopped_on_purpose_stays_stopped(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    stop(host, launch(host, spec("asleep")))
    launch(host, spec("ran"))
    engine.restart_engine(crash=True)
    assert revived(host) == ["ran"]
    assert states(host) == {"asleep": "exited", "ran": "running"}


@pytest.mark.parametrize(
    "policy, exit_code, runs",
    [
        ("no", 1, False),
        ("on-failure", 0, False),
        ("on-failure", 1, True),
        ("on-failure:2", 1, True),
        ("unless-stopped", 0, True),
    ],
)
def test_the_policy_says_what_should_run(
    host: Host, engine: FakeEngine, spec: Specs, policy: str, exit_code: int, runs: bool
) -> None:
    made = engine.made(launch(host, spec(restart=policy)).container.name)
    made.state, made.exit_code = "exited", exit_code
    assert revived(host) == (["study"] if runs else [])


def test_one_that_fails_at_every_start_is_not_tried_for_ever(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    name = launch(host, spec(restart="on-failure:2")).container.name
    for _ in range(3):
        engine.end(name)
    assert states(host) == {"study": "exited"}
    assert revived(host) == []


@pytest.mark.parametrize("state", ["restarting", "running", "paused", "created", "dead"])
def test_only_what_has_ended_is_touched(
    host: Host, engine: FakeEngine, spec: Specs, state: str
) -> None:
    made = engine.made(launch(host, spec()).container.name)
    made.state = state  # type: ignore[assignment]
    count = len(engine.calls)
    assert revived(host) == []
    assert [method for method, _ in engine.calls[count:]] == ["containers"]


def test_one_that_cannot_start_keeps_no_other_down(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    broken = launch(host, spec("broken"))
    launch(host, spec("whole"))
    engine.restart_engine(crash=True)
    made = engine.made(broken.container.name)
    made.request = replace(made.request, command=("nothing-there",))
    done = revive(host, lambda workspace: True)
    assert {one.workspace.name: one.error is None for one in done} == {
        "broken": False,
        "whole": True,
    }
    assert states(host) == {"broken": "exited", "whole": "running"}


def test_many_start_at_once(
    host: Host, engine: FakeEngine, spec: Specs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        launch(host, spec(f"w{number}"))
    engine.restart_engine(crash=True)
    together = threading.Barrier(8)
    begin = engine.start

    def start_together(name: str) -> None:
        together.wait(10)
        begin(name)

    monkeypatch.setattr(engine, "start", start_together)
    assert len(revived(host)) == 8


def test_a_caller_revives_what_concerns_it(host: Host, engine: FakeEngine, spec: Specs) -> None:
    launch(host, spec("hubs", kind="hub"))
    launch(host, spec("alone"))
    engine.restart_engine(crash=True)
    revive(host, lambda workspace: workspace.kind == "standalone")
    assert states(host) == {"alone": "running", "hubs": "exited"}


def test_another_data_roots_workspaces_are_left_alone(
    host: Host, engine: FakeEngine, spec: Specs, tmp_path: Path
) -> None:
    launch(host, spec())
    engine.restart_engine(crash=True)
    other = replace(host, settings=replace(host.settings, root=tmp_path / "other"))
    assert revived(other) == []
    assert states(host) == {"study": "exited"}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_stop_that_comes_meanwhile_is_heeded(
    host: Host, engine: FakeEngine, spec: Specs, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    workspace = launch(host, spec())
    engine.restart_engine(crash=True)
    begin = engine.start

    def start(name: str) -> None:
        if moment == "after":
            begin(name)
        stop(host, workspace)
        if moment == "before":
            begin(name)

    monkeypatch.setattr(engine, "start", start)
    revive(host, lambda workspace: True)
    made = engine.made(workspace.container.name)
    assert (made.state, made.restart) == ("exited", "no")


def test_a_restart_under_way_is_none_of_its_business(
    host: Host, engine: FakeEngine, spec: Specs, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = launch(host, spec())
    end, seen = engine.stop, []

    def stop_and_look(name: str, timeout: float = 10) -> None:
        end(name, timeout)
        seen.append(revived(host))

    monkeypatch.setattr(engine, "stop", stop_and_look)
    restart(host, workspace)
    assert seen == [[]]
    made = engine.made(workspace.container.name)
    assert (made.state, made.restart) == ("running", "unless-stopped")


def test_one_that_is_removed_meanwhile_is_no_failure(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    name = launch(host, spec()).container.name
    engine.restart_engine(crash=True)

    def gone(workspace: object) -> bool:
        engine.remove(name)
        return True

    assert revive(host, gone) == []
