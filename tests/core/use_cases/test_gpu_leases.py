"""Leases through the use cases: who holds a GPU, and what a start finds."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.use_cases.conftest import Clock
from workspace_cli.core import broker, gpus, labels, leases
from workspace_cli.core.errors import NoFreeGpuError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_inventory import Gpu
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.revival import revive
from workspace_cli.core.workspaces import bring_up, find, launch, list_workspaces, start, stop

Specs = Callable[..., WorkspaceSpec]
NAME = "labdock-kunyoung--study"


@pytest.fixture(autouse=True)
def two_gpus(monkeypatch: pytest.MonkeyPatch, engine: FakeEngine, host: Host) -> None:
    """Let this machine have two GPUs, which the engine can hand out, and members hold many."""
    host.settings.root.mkdir(exist_ok=True)
    host.settings.policy_file.write_text("[roles.member]\ngpus = 8\n")
    present = (Gpu(id="GPU-a", uuid="GPU-a", index=0), Gpu(id="GPU-b", uuid="GPU-b", index=1))
    monkeypatch.setattr(gpus, "choose_backend", lambda settings, info: "nvidia")
    monkeypatch.setattr(gpus, "inventory", lambda backend: present)
    monkeypatch.setattr(gpus, "unready", lambda *args: {})
    engine.devices = {"GPU-a", "GPU-b"}


def test_two_workspaces_never_share_a_gpu(host: Host, spec: Specs) -> None:
    leased = [launch(host, spec(name, gpus=1)).gpus for name in ("one", "two")]
    assert sorted(leased) == [("GPU-a",), ("GPU-b",)]
    with pytest.raises(NoFreeGpuError, match="kunyoung/one"):
        launch(host, spec("three", gpus=1))


def test_a_stopped_workspace_holds_none_and_gets_its_own_back(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    first = launch(host, spec(gpus=("GPU-b",)))
    stop(host, first)
    start(host, find(host, "study"))
    assert engine.made(NAME).id == first.container.id
    assert find(host, "study").gpus == ("GPU-b",)


def test_a_start_whose_gpu_is_leased_by_now_recreates_with_a_free_one(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    first = launch(host, spec(gpus=("GPU-a",)))
    engine.made(NAME).write("installed", b"")
    stop(host, first)
    launch(host, spec("other", gpus=("GPU-a",)))
    start(host, find(host, "study"))
    assert find(host, "study").gpus == ("GPU-b",)
    assert engine.made(NAME).environment["NVIDIA_VISIBLE_DEVICES"] == "GPU-b"
    assert "installed" in engine.made(NAME).files
    assert find(host, "study").ports == first.ports


def test_a_start_without_a_free_gpu_is_refused_and_changes_nothing(
    host: Host, spec: Specs, state: Callable[[], object]
) -> None:
    stop(host, launch(host, spec(gpus=2)))
    launch(host, spec("other", gpus=1))
    before = state()
    with pytest.raises(NoFreeGpuError, match="kunyoung/other"):
        start(host, find(host, "study"))
    assert state() == before


def test_giving_gpus_back_is_a_recreation_that_keeps_what_was_installed(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    wanted = spec(kind="hub", gpus=2)
    stop(host, bring_up(host, wanted))
    engine.made(NAME).write("installed", b"")
    workspace = bring_up(host, replace(wanted, gpus=0))
    assert workspace.gpus == ()
    assert workspace.container.labels[labels.GPUS] == ""
    assert "installed" in engine.made(NAME).files


def test_an_image_that_was_saved_from_a_lease_holds_none(host: Host, spec: Specs) -> None:
    from workspace_cli.core.environments import commit

    saved = commit(host, launch(host, spec(gpus=2)), "nlp")
    workspace = launch(host, spec("other", image=saved.reference))
    assert workspace.gpus == ()
    assert not workspace.holds_gpus


def test_after_a_crash_a_gpu_that_somebody_took_is_left_to_them(
    host: Host, engine: FakeEngine, spec: Specs, clock: Clock
) -> None:
    for name in ("loser", "lucky"):
        launch(host, spec(name, gpus=1))
    engine.restart_engine(crash=True)
    clock.now += 3600  # a hub that is down for so long keeps nobody's GPU
    (taken,) = find(host, "loser").gpus
    launch(host, spec("quick", gpus=(taken,), owner="kim"))
    # Neither a revival nor the engine's own restart brings it back on that GPU.
    assert engine.container(NAME.replace("study", "loser")).restart == "no"
    assert [one.workspace.name for one in revive(host, lambda one: True)] == ["lucky"]
    leases = [one.gpus for one in list_workspaces(host) if one.holds_gpus]
    assert sorted(leases) == [("GPU-a",), ("GPU-b",)]
    assert find(host, "quick").gpus == (taken,)


@pytest.mark.parametrize("policy", ["always", "unless-stopped", "on-failure:3"])
def test_a_crash_of_the_engine_gives_no_gpu_to_whoever_waits(
    host: Host, engine: FakeEngine, spec: Specs, clock: Clock, policy: str
) -> None:
    for name in ("one", "two"):
        launch(host, spec(name, gpus=1, restart=policy))
    before = leases.terms(host)
    for owner in ("kim", "lee"):
        broker.ask(host, owner, "w", 1, kind="hub")
    engine.restart_engine(knows_gpus=False)
    clock.now += 60
    assert broker.advance(host) == []
    with pytest.raises(NoFreeGpuError, match="kept for kunyoung/one"):
        launch(host, spec("new", gpus=1))
    assert [one.error for one in revive(host, lambda one: True)] == [None, None]
    assert leases.terms(host) == before
    assert [place.request.owner for place in broker.line(host)] == ["kim", "lee"]
