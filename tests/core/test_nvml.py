"""What the driver says, over a real shared library that stands in for its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stand_in_nvml.library import (
    UNKNOWN_ERROR,
    VERSION_MISMATCH,
    StandInDriver,
    build,
)
from workspace_cli.core import nvml
from workspace_cli.core.nvml import Process, Reading

GIB = 2**30


def test_a_machine_without_the_library_has_no_driver() -> None:
    nvml.forget()
    assert nvml.read() == Reading()


def test_a_driver_without_gpus_is_present(driver: StandInDriver) -> None:
    driver.say("driver", "570.86.15")
    assert nvml.read() == Reading(True, "570.86.15")


def test_everything_about_a_gpu_is_told(driver: StandInDriver) -> None:
    driver.gpu("GPU-a", name="NVIDIA A100", total=40960, used=2048, percent=37, degrees=61)
    driver.gpu("GPU-b", minor=4)
    first, second = nvml.read().devices
    assert (first.uuid, first.name, first.index, first.minor) == ("GPU-a", "NVIDIA A100", 0, 0)
    assert (first.memory, first.used) == (40 * GIB, 2 * GIB)
    assert (first.utilisation, first.temperature, first.persistence) == (37, 61, True)
    assert (second.index, second.minor, second.trouble) == (1, 4, "")


def test_processes_are_told_with_their_kind_and_memory(driver: StandInDriver) -> None:
    driver.gpu("GPU-a")
    driver.process("GPU-a", 4001, memory=512)
    driver.process("GPU-a", 4002, kind="graphics", memory=-1)
    driver.process("GPU-a", 4003, kind="mps", memory=1)
    # A client of MPS is listed among those that compute as well.
    driver.process("GPU-a", 4003, memory=1)
    (device,) = nvml.read().devices
    assert {(one.pid, one.kind, one.memory) for one in device.processes} == {
        (4001, "compute", 512 * 2**20),
        (4002, "graphics", None),
        (4003, "mps", 2**20),
    }
    assert len(device.processes) == 3


def test_a_living_process_is_told_by_name_and_user(driver: StandInDriver) -> None:
    driver.gpu("GPU-a")
    with subprocess.Popen(["sleep", "60"]) as process:
        driver.process("GPU-a", process.pid)
        (found,) = nvml.read().devices[0].processes
        process.kill()
    assert (found.name, found.uid) == ("sleep", os.getuid())


def test_a_process_that_cannot_be_seen_is_told_by_its_number(driver: StandInDriver) -> None:
    driver.gpu("GPU-a")
    driver.process("GPU-a", 2**22 + 1)
    assert nvml.read().devices[0].processes == (Process(2**22 + 1, "compute", 512 * 2**20),)


def test_slices_are_told_with_their_own_processes(driver: StandInDriver) -> None:
    driver.gpu("GPU-a", mig=1)
    driver.gpu("GPU-b", mig=0)
    driver.part("GPU-a", "MIG-1", total=9856, used=12)
    driver.part("GPU-a", "MIG-2")
    driver.process("MIG-2", 4001)
    cut, whole = nvml.read().devices
    assert (cut.mig, whole.mig, whole.slices) == (True, False, ())
    assert [(part.uuid, part.index) for part in cut.slices] == [("MIG-1", 0), ("MIG-2", 1)]
    assert cut.slices[0].memory == 9856 * 2**20
    assert cut.slices[0].utilisation is None
    assert [one.pid for one in cut.slices[1].processes] == [4001]
    assert cut.processes == ()


def test_a_gpu_in_trouble_says_so_and_the_others_are_told(driver: StandInDriver) -> None:
    for uuid in ("GPU-a", "GPU-b", "GPU-c"):
        driver.gpu(uuid)
    driver.lose("GPU-a")
    driver.lose("GPU-b", 1000 + UNKNOWN_ERROR)
    lost, unknown, well = nvml.read().devices
    assert (lost.uuid, lost.trouble) == (
        "GPU-a",
        "It has fallen off the bus (GPU is lost)",
    )
    assert (unknown.uuid, unknown.index, unknown.trouble) == ("", 1, "Unknown Error")
    assert (well.uuid, well.trouble) == ("GPU-c", "")


def test_a_driver_that_does_not_work_says_why(driver: StandInDriver) -> None:
    driver.say("init", VERSION_MISMATCH)
    assert nvml.read() == Reading(
        True, error="The driver was upgraded and the old one still runs (restart the machine)"
    )


def test_a_driver_that_crashes_takes_nobody_along(driver: StandInDriver) -> None:
    driver.say("crash", 1)
    reading = nvml.read()
    assert reading.present
    assert reading.error == "Asking the driver failed: it ended with -6"


def test_a_driver_that_hangs_is_given_up_and_left_alone_for_a_while(
    driver: StandInDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nvml, "TIMEOUT", 0.5)
    monkeypatch.setattr(nvml, "FRESH", 0.0)
    driver.say("hang", 30)
    begin = time.monotonic()
    assert "did not answer within" in nvml.read().error
    first = time.monotonic() - begin
    assert first < 3
    assert "did not answer within" in nvml.read().error
    assert time.monotonic() - begin - first < 0.2
    driver.clear()
    nvml.forget()
    monkeypatch.setattr(nvml, "TIMEOUT", 20.0)
    assert nvml.read().error == ""


def test_an_answer_serves_those_who_ask_at_once(driver: StandInDriver) -> None:
    driver.gpu("GPU-a")
    first = nvml.read()
    driver.file.write_text("")
    assert nvml.read() is first
    nvml.forget()
    assert nvml.read().devices == ()


def test_an_old_driver_is_understood(
    tmp_path: Path, driver: StandInDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(build(tmp_path / "old", old=True)))
    driver.gpu("GPU-a", used=2048)
    driver.process("GPU-a", 4001)
    (device,) = nvml.read().devices
    # It counts what it keeps for itself as used.
    assert device.used == 2048 * 2**20 + 600 * 2**20
    assert [one.pid for one in device.processes] == [4001]


def test_an_answer_that_is_none_is_an_error() -> None:
    assert nvml.parse("not JSON").error == "Asking the driver gave no answer that can be read"


def test_a_program_that_asks_loads_neither_the_library_nor_a_database() -> None:
    program = (
        "import sys; from workspace_cli.core import gpu_inventory, gpu_use, nvml; nvml.read();"
        "print({'pynvml', 'sqlalchemy', 'pydantic', 'docker'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
