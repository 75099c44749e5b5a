"""One save at a time, and what becomes of one that fails or dies half-way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from workspace_cli.core import labels, layer_jobs, saving
from workspace_cli.core.clean_image import flattener_prefix, unfinished_prefix
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import (
    BusyError,
    DiskFullError,
    EngineUnreachableError,
    InvalidOptionError,
    LabdockError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Workspace, WorkspaceSpec
from workspace_cli.core.workspaces import launch, reap, stop

Specs = Callable[..., WorkspaceSpec]


@pytest.fixture
def workspace(host: Host, engine: FakeEngine, spec: Specs) -> Workspace:
    """A workspace with something to keep, something to leave out, and junk."""
    made = launch(host, spec())
    container = engine.made(made.container.name)
    container.write("opt/env/kept", b"kept")
    container.write("root/.netrc", b"secret")
    container.write("tmp/junk", b"junk")
    return made


def saved_files(engine: FakeEngine, reference: str) -> set[str]:
    return set(engine.store.files(engine.image(reference).id))


def test_what_is_left_out_is_in_no_layer(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    saved = commit(host, workspace, leave_out=["/root/.netrc", "/nowhere"])
    files = saved_files(engine, saved.reference)
    assert "opt/env/kept" in files
    assert not {"root/.netrc", "tmp/junk"} & files
    assert saved.paused > 0
    assert engine.container(workspace.container.name).state == "running"


def test_a_second_save_holds_the_difference(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    first = commit(host, workspace, "a:1")
    engine.made(workspace.container.name).write("opt/env/more", b"more")
    second = commit(host, workspace, "a:2")
    assert engine.layer_sizes(second.reference)[-1] == len(b"more")
    assert second.layers == first.layers + 1
    assert engine.image(second.reference).layers[:-1] == engine.image(first.reference).layers


def test_a_secret_that_an_earlier_save_kept_is_stored_anew_without(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    commit(host, workspace, "a:1")
    second = commit(host, workspace, "a:2", leave_out=["/root/.netrc"])
    layers = engine.image(second.reference).layers
    assert not any("root/.netrc" in engine.store.layers[layer] for layer in layers)


def test_a_stopped_workspace_is_not_paused(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    stop(host, workspace)
    assert commit(host, workspace, leave_out=["/root/.netrc"]).paused == 0


def test_one_that_somebody_has_paused_stays_so(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    engine.pause(workspace.container.name)
    commit(host, workspace)
    reap(host)
    assert engine.container(workspace.container.name).state == "paused"


@pytest.mark.parametrize("path", ["", "/", "relative", "/..", "/a\0b"])
def test_a_path_that_cannot_be_left_out_is_refused(
    host: Host, workspace: Workspace, path: str
) -> None:
    with pytest.raises(InvalidOptionError, match="cannot be left out"):
        commit(host, workspace, leave_out=[path])


def test_a_second_save_meanwhile_is_told_who_holds_it(
    host: Host, engine: FakeEngine, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "_PATIENCE", 0.0)
    held, done = threading.Event(), threading.Event()

    def wait(method: str) -> None:
        if method == "commit" and threading.current_thread() is first:
            held.set()
            assert done.wait(20)

    engine.before = wait
    first = threading.Thread(target=lambda: commit(host, workspace, "a:1"))
    first.start()
    assert held.wait(20)
    try:
        with pytest.raises(BusyError, match=r"is being saved already \(workspace commit study"):
            commit(host, workspace, "a:2")
    finally:
        done.set()
        first.join()
    assert commit(host, workspace, "a:2").reference.endswith("a:2")
    assert list(saving.folder(host).iterdir()) == []


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "error",
    [EngineUnreachableError("gone"), DiskFullError("full"), KeyboardInterrupt()],
    ids=["unreachable", "full", "ctrl-c"],
)
@pytest.mark.parametrize("again", [False, True], ids=["first", "second"])
def test_a_failure_at_any_call_leaves_nothing_and_the_workspace_running(
    host: Host,
    engine: FakeEngine,
    workspace: Workspace,
    error: BaseException,
    done: bool,
    again: bool,
) -> None:
    if again:
        commit(host, workspace, "a:1", leave_out=["/root/.netrc"])
        engine.made(workspace.container.name).write("opt/env/more", b"more")
    images, containers = set(engine.store.stored), {row.id for row in engine.containers()}
    failed = []
    for number in range(1, 80):
        calls = len(engine.calls)
        engine.fail_call(number, error, done=done)
        try:
            saved = commit(host, workspace, "nlp", leave_out=["/root/.netrc"])
        except type(error):
            failed.append(engine.calls[calls + number - 1][0])
            assert set(engine.store.stored) == images, failed[-1]
            assert {row.id for row in engine.containers()} == containers, failed[-1]
            reap(host)
            assert engine.container(workspace.container.name).state == "running", failed[-1]
        else:
            if len(engine.calls) - calls < number:
                break
            engine.remove_image(saved.reference)
    assert {"pause", "unpause", "create", "commit", "load", "remove"} <= set(failed)
    assert list(saving.folder(host).iterdir()) == []


@pytest.mark.parametrize("step", ["pause", "create", "commit", "load", "remove", "unpause"])
def test_what_a_dead_save_left_goes_as_soon_as_somebody_looks(
    host: Host,
    engine: FakeEngine,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    images, containers = set(engine.store.stored), {row.id for row in engine.containers()}

    class DeadError(BaseException):
        pass

    def die(method: str) -> None:
        # A dead process calls nothing any more, and its lock is free.
        if method == step or died:
            died.append(method)
            raise DeadError

    died: list[str] = []
    engine.before = die
    with pytest.raises(BaseException):  # noqa: B017, PT011 - what a clean-up step raised last
        commit(host, workspace, "nlp", leave_out=["/root/.netrc"])
    engine.before = None
    reap(host)
    assert set(engine.store.stored) == images
    assert {row.id for row in engine.containers()} == containers
    assert engine.container(workspace.container.name).state == "running"


def test_what_a_living_save_has_made_is_left_be(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    key = saving.key_of(workspace.container.id)
    reference = f"{unfinished_prefix(host)}{int(host.clock())}-{key}-ab"
    with saving.alone(host, key, "study", "workspace commit"):
        engine.commit(workspace.container.name, reference=reference)
        told = {labels.SAVING: key, labels.ROOT: str(host.settings.root)}
        name = f"{flattener_prefix(host)}{key}-ab"
        engine.create(ContainerRequest(name=name, image=reference, labels=told))
        saving.mark_paused(host, workspace.container.id)
        engine.pause(workspace.container.name)
        assert reap(host) == []
        assert engine.container(workspace.container.name).state == "paused"
    assert set(reap(host)) == {name, reference}
    assert engine.container(workspace.container.name).state == "running"


def test_the_next_save_lets_go_on_what_a_dead_one_has_paused(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    saving.folder(host).mkdir(parents=True)
    saving.mark_paused(host, workspace.container.id)
    engine.pause(workspace.container.name)
    assert commit(host, workspace).paused > 0
    assert engine.container(workspace.container.name).state == "running"
    assert list(saving.folder(host).iterdir()) == []


def test_a_full_disk_while_the_layer_is_written_is_told_as_one(
    host: Host, engine: FakeEngine, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., dict[str, Any]] = layer_jobs.run

    def full(job: Any, wait: Callable[[], None]) -> dict[str, Any]:
        if job["do"].endswith("store"):
            wait()
            raise OSError(28, "No space left on device", job["write"])
        return real(job, wait)

    monkeypatch.setattr(layer_jobs, "run", full)
    images = set(engine.store.stored)
    with pytest.raises(DiskFullError):
        commit(host, workspace, leave_out=["/root/.netrc"])
    assert set(engine.store.stored) == images
    assert engine.container(workspace.container.name).state == "running"


def test_a_store_without_folders_saves_as_the_engine_does(
    host: Host, engine: FakeEngine, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeEngine, "layer_folders", lambda *args, **named: None)
    assert "root/.netrc" in saved_files(engine, commit(host, workspace, "a:1").reference)
    with pytest.raises(LabdockError, match="nothing to leave files out by"):
        commit(host, workspace, "a:2", leave_out=["/root/.netrc"])


def test_a_lock_that_cannot_be_made_is_told(host: Host, workspace: Workspace) -> None:
    saving.folder(host).parent.mkdir(parents=True, exist_ok=True)
    saving.folder(host).write_bytes(b"a file")
    with pytest.raises(LabdockError, match="cannot be opened"):
        commit(host, workspace)


def test_the_lock_goes_with_its_file(host: Host, tmp_path: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(saving.alone(host, "a" * 12, "one", "first"))
        stack.enter_context(saving.alone(host, "b" * 12, "other", "second"))
        assert len(list(saving.folder(host).iterdir())) == 2
    assert list(saving.folder(host).iterdir()) == []
