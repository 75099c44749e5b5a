"""``workspace gpus`` over stand-ins for driver, specification and engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, Ended
from tests.stand_in_nvml.cdi import write_specification
from tests.stand_in_nvml.library import StandInDriver
from workspace_cli.core import gpu_health, gpu_inventory, nvml, reservations
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host

UUIDS = tuple(f"GPU-{n}{n}{n}{n}-0000-aaaa" for n in range(4))


@pytest.fixture
def four_gpus(
    driver: StandInDriver, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> StandInDriver:
    """Let the machine have four GPUs that CDI hands out."""
    write_specification(tmp_path / "cdi", UUIDS)
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (tmp_path / "cdi",))
    engine.engine_info = replace(engine.engine_info, cdi=True)
    engine.devices = set(UUIDS)
    for uuid in UUIDS:
        driver.gpu(uuid, name="H100", total=81920, used=12)
    return driver


def table(ended: Ended) -> dict[str, str]:
    """Return the lines of the first table by the GPU's number."""
    lines = ended.out.split("\n\n")[0].splitlines()[1:]
    return {line.split()[0]: line for line in lines}


def test_a_machine_without_a_gpu_says_so_in_a_sentence(
    workspace: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The machine that the tests run on may have some, or stand-ins of other tests.
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", ())
    nvml.forget()
    assert workspace.ok("gpus").out == "This machine has no GPU.\n"
    assert workspace.ok("gpus", "--json").json == []


def test_free_gpus_are_shown_with_what_they_are(
    workspace: CommandLine, four_gpus: StandInDriver
) -> None:
    shown = table(workspace.ok("gpus"))
    assert list(shown) == ["0", "1", "2", "3"]
    assert "H100" in shown["0"]
    assert "GPU-0000-000 " in shown["0"]
    assert "0.0/80.0 GiB" in shown["0"]
    assert "free" in shown["0"]


def test_holders_are_shown_with_begin_and_end(
    workspace: CommandLine, four_gpus: StandInDriver, study: Callable[..., Ended]
) -> None:
    study("study", "--gpus", UUIDS[2])
    (held,) = [one for one in workspace.ok("gpus", "--json").json if one["holders"]]
    (holder,) = held["holders"]
    assert (held["uuid"], held["state"], holder["name"]) == (UUIDS[2], "leased", "kim/study")
    assert holder["since"].endswith("Z")
    assert holder["until"] > holder["since"]
    assert "kim/study" in table(workspace.ok("gpus"))["2"]


def test_processes_are_shown_below(workspace: CommandLine, four_gpus: StandInDriver) -> None:
    four_gpus.process(UUIDS[1], 2**22 + 5, memory=2048)
    ended = workspace.ok("gpus")
    assert "2.0 GiB" in ended.out.split("\n\n")[1]
    assert "not ready: process 4194309 uses it without holding it" in table(ended)["1"]
    found = workspace.ok("gpus", "--json").json[1]
    assert (found["state"], found["processes"][0]["pid"]) == ("not ready", 2**22 + 5)


def test_a_failed_gpu_says_how(
    workspace: CommandLine, host: Host, four_gpus: StandInDriver
) -> None:
    four_gpus.lose(UUIDS[3])
    assert "unhealthy: It has fallen off the bus" in table(workspace.ok("gpus"))["3"]
    assert gpu_health.look(host).changes[0].gpu == UUIDS[3]
    assert "unhealthy: It has fallen off the bus" in table(workspace.ok("gpus"))["3"]


def test_a_reservation_shows_for_whom(
    workspace: CommandLine, host: Host, four_gpus: StandInDriver
) -> None:
    now = time.time()
    reservations.reserve(
        host, (UUIDS[0],), begins=now, ends=now + 3600, made_by="admin", group="vision"
    )
    assert "reserved: for vision until" in table(workspace.ok("gpus"))["0"]


def test_a_shared_gpu_counts_its_seats(
    workspace: CommandLine, host: Host, four_gpus: StandInDriver, study: Callable[..., Ended]
) -> None:
    host.settings.policy_file.write_text(f'[[gpu]]\nid = "{UUIDS[0]}"\nholders = 3\n')
    study("one", "--gpus", "shared")
    study("two", "--gpus", "shared:1", owner="lee")
    line = table(workspace.ok("gpus"))["0"]
    assert "shared 2/3" in line
    assert "kim/one" in line
    assert "lee/two" in line


def test_watching_shows_it_again_until_it_is_ended(
    workspace: CommandLine, four_gpus: StandInDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests = iter([None, KeyboardInterrupt])

    def sleep(seconds: float) -> None:
        if error := next(rests):
            raise error

    monkeypatch.setattr("workspace_cli.commands.gpus.sleep", sleep)
    ended = workspace.ok("gpus", "--watch")
    assert ended.out.count("HOLDER") == 2
    assert workspace("gpus", "--watch", "--json").code == 2
