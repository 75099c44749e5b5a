"""What comes back when the engine does."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.second_engine import SecondEngine
from tests.support import AFTER_RESTART, eventually
from workspace_cli.core import labels, networks
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import EngineUnreachableError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


@pytest.fixture
def request_(tiny_image: str) -> ContainerRequest:
    """Give a request for a container that runs until it is stopped."""
    return ContainerRequest(name="one", image=tiny_image, command=("sleep", "1000"), stop_timeout=1)


@pytest.fixture(scope="module")
def live_engine(docker_engine: DockerEngine, tiny_image: str) -> Iterator[SecondEngine]:
    """Give an engine that leaves its containers alone when it ends, as `workspace up` sets it."""
    with (
        tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as folder,
        SecondEngine(Path(folder) / "engine", {"live-restore": True}).running() as second,
    ):
        second.receive(docker_engine, tiny_image)
        yield second


def start_and_write(engine: DockerEngine, request: ContainerRequest) -> None:
    """Start a container and write a file into its layer."""
    engine.create(request)
    engine.start(request.name)
    assert engine.execute(request.name, ["touch", "/workspace/made"]).exit_code == 0


def test_a_restart_brings_back_what_ran_by_its_policy(
    second_engine: SecondEngine, request_: ContainerRequest
) -> None:
    engine = second_engine.engine
    for number, policy in enumerate(AFTER_RESTART):
        for fate in ("ran", "stopped"):
            name = f"{fate}-{number}"
            engine.create(replace(request_, name=name, restart=policy))
            engine.start(name)
            if fate == "stopped":
                engine.stop(name, 0)
    second_engine.restart()

    def states() -> dict[str, tuple[str, str]]:
        found = {row.name: str(row.state) for row in engine.containers()}
        return {
            policy: (found[f"ran-{number}"], found[f"stopped-{number}"])
            for number, policy in enumerate(AFTER_RESTART)
        }

    eventually(lambda: states() == AFTER_RESTART)


def test_a_workspace_that_was_stopped_with_its_policy_off_stays_stopped(
    second_engine: SecondEngine, request_: ContainerRequest
) -> None:
    engine = second_engine.engine
    engine.create(replace(request_, restart="always"))
    engine.start("one")
    engine.update("one", restart="no")
    engine.stop("one", 0)
    second_engine.restart()
    assert engine.container("one").state == "exited"


def test_a_crash_of_the_engine_loses_no_container(
    second_engine: SecondEngine, request_: ContainerRequest
) -> None:
    engine = second_engine.engine
    start_and_write(engine, replace(request_, restart="unless-stopped"))
    second_engine.kill()
    with pytest.raises(EngineUnreachableError):
        engine.containers()
    second_engine.start()
    # Without live-restore engine 26.1 stops what ran on, and takes that for
    # somebody's wish: only who has turned live-restore on keeps it running.
    eventually(lambda: engine.container("one").state == "exited")
    engine.start("one")
    assert engine.has_path("one", "/workspace/made")


def test_a_power_cut_is_followed_by_what_ran(
    second_engine: SecondEngine, request_: ContainerRequest
) -> None:
    engine = second_engine.engine
    start_and_write(engine, replace(request_, restart="unless-stopped"))
    engine.create(replace(request_, name="stopped", restart="unless-stopped"))
    engine.start("stopped")
    engine.stop("stopped", 0)
    second_engine.power_off()
    second_engine.start()
    eventually(lambda: engine.container("one").state == "running", 30)
    assert engine.has_path("one", "/workspace/made")
    assert engine.container("stopped").state == "exited"


@pytest.mark.parametrize("end", [SecondEngine.stop, SecondEngine.kill])
def test_with_live_restore_containers_run_on_without_their_engine(
    live_engine: SecondEngine, request_: ContainerRequest, end: Callable[[SecondEngine], None]
) -> None:
    engine = live_engine.engine
    start_and_write(engine, replace(request_, restart="unless-stopped"))
    before = engine.container("one")
    end(live_engine)
    live_engine.start()
    after = engine.container("one")
    assert (after.state, after.started) == ("running", before.started)
    assert after.networks == before.networks
    assert engine.execute("one", ["true"]).exit_code == 0
    engine.remove("one", force=True)


def test_a_container_is_found_again_where_it_is_now(
    second_engine: SecondEngine, request_: ContainerRequest, tmp_path: Path
) -> None:
    engine = second_engine.engine
    host = Host(engine, Settings(root=tmp_path), Catalogue())
    engine.create(replace(request_, name="hub", labels={labels.STACK: "hub"}, restart="always"))
    engine.start("hub")
    network = networks.ensure_owner_network(host, "kim")
    for name in ("first", "second"):
        engine.create(replace(request_, name=name, network=network, restart="unless-stopped"))
        engine.start(name)
    before = engine.container("second").networks[network]
    # Its place is free now, and whoever starts first takes it.
    engine.remove("first", force=True)
    second_engine.restart()
    eventually(lambda: {row.state for row in engine.containers()} == {"running"})
    addresses = {row.name: row.networks[network] for row in engine.containers()}
    assert addresses["second"] == engine.container("second").networks[network]
    assert addresses["second"] != addresses["hub"]
    assert before.rpartition(".")[0] == addresses["second"].rpartition(".")[0]
    for name in ("second", "hub"):
        engine.remove(name, force=True)
    networks.remove_owner_network(host, "kim")
    assert engine.networks({labels.OWNER: None}) == []


def test_a_listener_is_told_that_the_engine_went_away(
    second_engine: SecondEngine, request_: ContainerRequest
) -> None:
    ends: list[LabdockError] = []
    events = second_engine.engine.events()

    def listen() -> None:
        try:
            list(events)
        except EngineUnreachableError as exc:
            ends.append(exc)

    thread = threading.Thread(target=listen)
    thread.start()
    second_engine.engine.create(request_)
    second_engine.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert len(ends) == 1
