"""Which GPUs there are to lease: what the driver tells joined with CDI specifications."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.stand_in_nvml.library import UNKNOWN_ERROR, VERSION_MISMATCH, StandInDriver
from workspace_cli.core import gpu_inventory, nvml
from workspace_cli.core.cdi import CdiDevice, cdi_devices, yaml_devices
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_inventory import Gpu, absence, choose_backend, combined, inventory
from workspace_cli.core.nvml import Device, Reading
from workspace_cli.core.settings import Settings

THREE = Reading(
    True,
    "570.86.15",
    devices=(
        Device(index=0, uuid="GPU-1a", name="NVIDIA A100-SXM4-40GB", memory=40960 * 2**20),
        Device(index=1, uuid="GPU-2b", name="NVIDIA A100-SXM4-40GB"),
        Device(index=2, uuid="GPU-3c", name="NVIDIA RTX, odd name"),
    ),
)
CUT = Reading(
    True,
    devices=(
        Device(index=0, uuid="GPU-1a", minor=0),
        Device(
            index=1,
            uuid="GPU-2b",
            minor=1,
            mig=True,
            slices=(
                Device(index=0, uuid="MIG-x", name="H100 MIG 1g.10gb", memory=2**30),
                Device(index=1, uuid="MIG-y"),
            ),
        ),
    ),
)

# As `nvidia-ctk cdi generate` writes it, shortened.
YAML = """\
---
cdiVersion: 0.5.0
containerEdits:
  deviceNodes:
  - path: /dev/nvidiactl
  env:
  - NVIDIA_VISIBLE_DEVICES=void
  hooks:
  - args:
    - nvidia-cdi-hook
    hookName: createContainer
    path: /usr/bin/nvidia-cdi-hook
devices:
- containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
      name: no-device
  name: "0"
- containerEdits:
    deviceNodes:
    - path: /dev/nvidia1
  name: "1"
- containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
    - path: /dev/nvidia1
  name: all
kind: nvidia.com/gpu
"""
MIG_YAML = """\
cdiVersion: 0.5.0
devices:
- name: "1:0"
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia1
    - path: /dev/nvidia-caps/nvidia-cap30
    - path: /dev/nvidia-caps/nvidia-cap31
- name: MIG-x
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia1
    - path: /dev/nvidia-caps/nvidia-cap30
    - path: /dev/nvidia-caps/nvidia-cap31
- name: "1:1"
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia1
    - path: /dev/nvidia-caps/nvidia-cap39
    - path: /dev/nvidia-caps/nvidia-cap40
- name: "0"
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
- name: "1"
  containerEdits:
    deviceNodes:
    - path: /dev/nvidia1
kind: nvidia.com/gpu
"""
HANDWRITTEN = """\
kind: "nvidia.com/gpu"
devices:
  - name: GPU-1a
    containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}

  - name: 'GPU-2b'
    containerEdits:
      deviceNodes:
        - path: /dev/nvidia1
cdiVersion: "0.5.0"
containerEdits: {}
"""


def ids(found: tuple[Gpu, ...]) -> list[str]:
    return [gpu.id for gpu in found]


def named(*names: str) -> list[CdiDevice]:
    return [CdiDevice(name) for name in names]


@pytest.mark.parametrize(
    "text, devices",
    [
        (YAML, [CdiDevice("0", 0), CdiDevice("1", 1), CdiDevice("all")]),
        (HANDWRITTEN, [CdiDevice("GPU-1a", 0), CdiDevice("GPU-2b", 1)]),
    ],
)
def test_a_cdi_specification_in_yaml_is_read(text: str, devices: list[CdiDevice]) -> None:
    assert yaml_devices(text) == devices
    assert yaml_devices(text.replace("nvidia.com/gpu", "vendor.com/net")) == []


def test_cdi_devices_come_from_every_folder_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "nvidia.yaml").write_text(YAML)
    (tmp_path / "a" / "broken.json").write_text("{")
    (tmp_path / "a" / "notes.txt").write_text(HANDWRITTEN)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "more.json").write_text(
        '{"kind": "nvidia.com/gpu", "devices": [{"name": "1"}, {"name": "2"}]}'
    )
    folders = [tmp_path / "a", tmp_path / "b", tmp_path / "missing"]
    names = [device.name for device in cdi_devices(folders)]
    assert names == ["0", "1", "all", "2"]


def test_a_gpu_is_named_as_the_engine_knows_it() -> None:
    assert ids(combined("nvidia", THREE, [])) == ["GPU-1a", "GPU-2b", "GPU-3c"]
    assert ids(combined("cdi", THREE, named("0", "GPU-1a", "1", "all"))) == [
        "GPU-1a",
        "nvidia.com/gpu=1",
    ]
    assert ids(combined("cdi", Reading(), named("0", "1", "all"))) == [
        "nvidia.com/gpu=0",
        "nvidia.com/gpu=1",
    ]


def test_what_the_driver_knows_of_a_gpu_is_kept_whatever_its_name() -> None:
    first, second = combined("cdi", THREE, named("0", "GPU-1a", "1"))
    assert (first.name, first.memory) == ("NVIDIA A100-SXM4-40GB", 40960 * 2**20)
    assert (second.uuid, second.index, second.driver) == ("GPU-2b", 1, "570.86.15")


def test_a_gpu_with_two_names_in_the_specification_is_one() -> None:
    devices = [CdiDevice("0", 0), CdiDevice("GPU-1a", 0), CdiDevice("1", 1), CdiDevice("GPU-2b", 1)]
    first, second = combined("cdi", Reading(), devices)
    assert (first.id, second.id) == ("GPU-1a", "GPU-2b")
    for text in ("GPU-1a", "nvidia.com/gpu=GPU-1a", "0", "nvidia.com/gpu=0", "all"):
        assert first.is_called(text)
    for text in ("", "GPU-2b", "1", "nvidia.com/gpu=1", "nvidia.com/gpu="):
        assert not first.is_called(text)


def test_a_gpu_is_recognised_by_its_file_where_the_driver_counts_anew() -> None:
    """The driver has lost GPU 0: what was GPU 1 is its GPU 0 now."""
    reading = Reading(True, devices=(Device(index=0, uuid="GPU-2b", minor=1),))
    kept, lost = combined("cdi", reading, [CdiDevice("0", 0), CdiDevice("1", 1)])
    assert (kept.id, kept.uuid) == ("nvidia.com/gpu=1", "GPU-2b")
    assert (lost.id, lost.uuid) == ("nvidia.com/gpu=0", "")


def test_a_gpu_that_tells_nothing_any_more_keeps_its_name() -> None:
    reading = replace(THREE, devices=(*THREE.devices[:2], Device(index=2, trouble="GPU is lost")))
    devices = [
        CdiDevice(name, n)
        for n, uuid in enumerate(("1a", "2b", "3c"))
        for name in (str(n), f"GPU-{uuid}")
    ]
    assert combined("cdi", reading, devices)[-1].id == "GPU-3c"
    assert ids(combined("nvidia", reading, [])) == ["GPU-1a", "GPU-2b"]


def test_slices_are_leased_in_place_of_their_gpu() -> None:
    whole, first, second = combined("nvidia", CUT, [])
    assert (whole.id, whole.mig, whole.number) == ("GPU-1a", False, "0")
    assert (first.id, first.mig, first.number, first.parent) == ("MIG-x", True, "1:0", "GPU-2b")
    assert (first.name, first.memory) == ("H100 MIG 1g.10gb", 2**30)
    assert second.number == "1:1"


@pytest.mark.parametrize("reading", [CUT, Reading()])
def test_slices_of_a_specification_are_one_each_and_their_gpu_is_none(reading: Reading) -> None:
    found = {gpu.id: gpu for gpu in combined("cdi", reading, yaml_devices(MIG_YAML))}
    assert set(found) == {"nvidia.com/gpu=0", "MIG-x", "nvidia.com/gpu=1:1"}
    assert found["MIG-x"].aliases == ("1:0", "MIG-x")
    assert found["MIG-x"].number == "1:0"


def test_a_gpu_that_is_cut_but_has_no_slice_is_nobodys() -> None:
    reading = Reading(True, devices=(Device(index=0, uuid="GPU-1a", minor=0, mig=True),))
    assert combined("nvidia", reading, []) == ()
    assert combined("cdi", reading, [CdiDevice("0", 0), CdiDevice("GPU-1a", 0)]) == ()


def test_a_slice_is_held_by_whoever_has_its_gpu_and_named_by_its_own_names_only() -> None:
    _, first, second = combined("nvidia", CUT, [])
    for text in ("GPU-2b", "1", "nvidia.com/gpu=1", "all", "nvidia.com/gpu=all"):
        assert first.is_called(text)
        assert not first.is_named(text)
    for text in ("MIG-x", "1:0", "nvidia.com/gpu=1:0", "nvidia.com/gpu=MIG-x"):
        assert first.is_called(text)
        assert first.is_named(text)
        assert not second.is_called(text)
    for text in ("GPU-1a", "0", "", "nvidia.com/gpu="):
        assert not first.is_called(text)


def test_a_bare_number_may_mean_the_drivers_or_the_files() -> None:
    (gpu,) = combined("nvidia", Reading(True, devices=(Device(index=0, uuid="a", minor=3),)), [])
    assert gpu.is_called("0")
    assert gpu.is_called("3")
    assert not gpu.is_called("1")
    assert gpu.is_named("0")
    assert not gpu.is_named("3")


@pytest.fixture
def cdi_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cdi"
    folder.mkdir()
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (folder,))
    nvml.forget()
    return folder


def test_the_inventory_asks_the_driver_and_the_specifications(
    cdi_folder: Path, driver: StandInDriver
) -> None:
    (cdi_folder / "nvidia.yaml").write_text(HANDWRITTEN)
    driver.gpu("GPU-1a", name="H100", total=1024)
    driver.gpu("GPU-2b")
    driver.gpu("GPU-new")
    driver.lose("GPU-2b", 1000 + UNKNOWN_ERROR)
    first, second = inventory("cdi")
    assert (first.id, first.name, first.memory) == ("GPU-1a", "H100", 2**30)
    # Which of the two that answer nothing it is, its number in the file tells.
    assert second.id == "GPU-2b"
    assert inventory("none") == ()


@pytest.mark.parametrize(
    "setting, cdi, runtimes, devices, backend",
    [
        ("auto", True, ("nvidia",), True, "cdi"),
        ("auto", True, ("nvidia",), False, "nvidia"),
        ("auto", False, ("nvidia",), True, "nvidia"),
        ("auto", True, (), False, "none"),
        ("cdi", False, (), False, "cdi"),
        ("nvidia", True, (), True, "nvidia"),
        ("none", True, ("nvidia",), True, "none"),
    ],
)
def test_the_way_is_cdi_then_the_runtime_unless_it_is_set(
    cdi_folder: Path,
    setting: str,
    cdi: bool,
    runtimes: tuple[str, ...],
    devices: bool,
    backend: str,
) -> None:
    if devices:
        (cdi_folder / "nvidia.yaml").write_text(YAML)
    info = replace(FakeEngine().engine_info, cdi=cdi, runtimes=("runc", *runtimes))
    assert choose_backend(Settings(gpu_backend=setting), info) == backend


def test_a_machine_without_a_gpu_says_so() -> None:
    nvml.forget()
    assert absence(Settings(), FakeEngine().engine_info) == "This machine has no GPU."
    off = absence(Settings(gpu_backend="none"), FakeEngine().engine_info)
    assert off == "GPUs are switched off (WORKSPACE_GPU_BACKEND=none)."


def test_gpus_that_nobody_can_be_given_are_told(driver: StandInDriver) -> None:
    driver.gpu("GPU-1a")
    assert "cannot be given" in absence(Settings(), FakeEngine().engine_info)
    driver.clear()
    driver.say("init", VERSION_MISMATCH)
    assert "restart the machine" in absence(Settings(), FakeEngine().engine_info)


def test_a_json_specification_is_read_as_well(cdi_folder: Path) -> None:
    node = {"path": "/dev/nvidia7", "hostPath": "/dev/null"}
    spec = {
        "kind": "nvidia.com/gpu",
        "devices": [{"name": "GPU-q", "containerEdits": {"deviceNodes": [node]}}],
    }
    (cdi_folder / "nvidia.json").write_text(json.dumps(spec))
    assert list(cdi_devices((cdi_folder,))) == [CdiDevice("GPU-q", 7)]
