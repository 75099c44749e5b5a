"""The choice of GPUs, and what is known of them, on a machine without any."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from workspace_cli.core import gpu_inventory, gpus, labels
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import NoFreeGpuError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_inventory import CdiDevice, Gpu
from workspace_cli.core.gpus import Holder
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings

SMI = """\
GPU-1a, 0, NVIDIA A100-SXM4-40GB, 40960
GPU-2b, 1, NVIDIA A100-SXM4-40GB, 40960
GPU-3c, 2, "NVIDIA RTX, odd name", [N/A]
"""
THREE = tuple(gpu_inventory.parse_nvidia_smi(SMI))

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


def test_nothing_is_wanted_nothing_is_chosen() -> None:
    assert gpus.choose((), {}, 0) == ()
    assert gpus.choose((), {}, ()) == ()


def test_free_gpus_are_chosen_in_order() -> None:
    assert gpus.choose(THREE, {}, 2) == ("GPU-1a", "GPU-2b")
    assert gpus.choose(THREE, {"GPU-1a": Holder("kim/nlp")}, 1) == ("GPU-2b",)


def test_what_a_workspace_had_before_comes_first() -> None:
    assert gpus.choose(THREE, {}, 1, prefer={"GPU-3c"}) == ("GPU-3c",)
    assert gpus.choose(THREE, {}, 2, prefer={"GPU-3c"}) == ("GPU-1a", "GPU-3c")


def test_all_means_all() -> None:
    assert gpus.choose(THREE, {}, "all") == ("GPU-1a", "GPU-2b", "GPU-3c")
    with pytest.raises(NoFreeGpuError, match="2 of 3 are free"):
        gpus.choose(THREE, {"GPU-2b": Holder("kim/nlp")}, "all")


def test_named_gpus_are_chosen_or_refused() -> None:
    assert gpus.choose(THREE, {}, ("GPU-3c", "GPU-1a")) == ("GPU-1a", "GPU-3c")
    with pytest.raises(NoFreeGpuError, match="no GPU GPU-9"):
        gpus.choose(THREE, {}, ("GPU-9",))
    with pytest.raises(
        NoFreeGpuError, match="GPU-3c is held by kim/nlp since 2023-11-14 22:13 UTC"
    ):
        gpus.choose(THREE, {"GPU-3c": Holder("kim/nlp", 1_700_000_000)}, ("GPU-3c",))


def test_a_refusal_says_who_holds_what_since_when() -> None:
    held = {"GPU-1a": Holder("kim/nlp", 1_700_000_000), "GPU-2b": Holder("process 42")}
    with pytest.raises(NoFreeGpuError) as refused:
        gpus.choose(THREE, held, 2)
    assert refused.value.message == (
        "2 GPUs were asked for, and 1 of 3 are free. "
        "GPU-1a is held by kim/nlp since 2023-11-14 22:13 UTC; GPU-2b is held by process 42."
    )


def test_a_host_without_gpus_says_so() -> None:
    with pytest.raises(NoFreeGpuError, match="This host has no GPU"):
        gpus.choose((), {}, 1)


def run(engine: FakeEngine, name: str, *held: str, **fields: str) -> None:
    """Start a container that somebody made by hand, or with labels of ours."""
    request = ContainerRequest(
        name=name, image="labdock-tests/tiny", gpus=held, gpu_backend="nvidia", labels=fields
    )
    engine.devices |= set(held)
    engine.create(request)
    engine.start(name)


def holders(engine: FakeEngine, processes: dict[str, int] | None = None) -> dict[str, str]:
    """Return who holds which of the three GPUs."""
    found = gpus.holders(engine, engine.containers(), THREE, processes)
    return {gpu: holder.name for gpu, holder in found.items()}


def test_a_lease_is_read_from_the_label_until_the_container_has_exited(
    fake_engine: FakeEngine,
) -> None:
    label = {labels.OWNER: "kim", labels.WORKSPACE: "nlp", labels.GPUS: "GPU-2b"}
    run(fake_engine, "a", **label)
    assert holders(fake_engine) == {"GPU-2b": "kim/nlp"}
    fake_engine.stop("a")
    assert holders(fake_engine) == {}


@pytest.mark.parametrize(
    "request_, held",
    [
        (["GPU-1a"], {"GPU-1a"}),
        (["1"], {"GPU-2b"}),
        (["nvidia.com/gpu=2"], {"GPU-3c"}),
        (["all"], {"GPU-1a", "GPU-2b", "GPU-3c"}),
        (["nvidia.com/gpu=all"], {"GPU-1a", "GPU-2b", "GPU-3c"}),
    ],
)
def test_a_container_made_by_hand_holds_what_it_was_given(
    fake_engine: FakeEngine, request_: list[str], held: set[str]
) -> None:
    run(fake_engine, "a", *request_)
    assert holders(fake_engine) == dict.fromkeys(held, "container a")


def test_a_process_holds_what_no_container_accounts_for(fake_engine: FakeEngine) -> None:
    run(fake_engine, "a", "GPU-1a")
    assert holders(fake_engine, {"GPU-1a": 41, "GPU-2b": 42}) == {
        "GPU-1a": "container a",
        "GPU-2b": "process 42",
    }


def test_a_container_that_is_removed_meanwhile_holds_nothing(fake_engine: FakeEngine) -> None:
    run(fake_engine, "a", "GPU-1a")
    rows = fake_engine.containers()
    fake_engine.remove("a", force=True)
    assert gpus.holders(fake_engine, rows, THREE) == {}


def test_nvidia_smi_is_read() -> None:
    assert [gpu.index for gpu in THREE] == [0, 1, 2]
    assert THREE[0].name == "NVIDIA A100-SXM4-40GB"
    assert THREE[0].memory == 40960 * 2**20
    assert THREE[2].memory == 0
    assert gpu_inventory.parse_nvidia_smi("No devices were found\n") == []


@pytest.mark.parametrize(
    "text, devices",
    [
        (YAML, [CdiDevice("0", 0), CdiDevice("1", 1), CdiDevice("all")]),
        (HANDWRITTEN, [CdiDevice("GPU-1a", 0), CdiDevice("GPU-2b", 1)]),
    ],
)
def test_a_cdi_specification_in_yaml_is_read(text: str, devices: list[CdiDevice]) -> None:
    assert gpu_inventory.yaml_devices(text) == devices
    assert gpu_inventory.yaml_devices(text.replace("nvidia.com/gpu", "vendor.com/net")) == []


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
    names = [device.name for device in gpu_inventory.cdi_devices(folders)]
    assert names == ["0", "1", "all", "2"]


def ids(found: tuple[Gpu, ...]) -> list[str]:
    return [gpu.id for gpu in found]


def named(*names: str) -> list[CdiDevice]:
    return [CdiDevice(name) for name in names]


def test_a_gpu_is_named_as_the_engine_knows_it() -> None:
    combined = gpu_inventory.combined
    assert ids(combined("nvidia", THREE, [])) == ["GPU-1a", "GPU-2b", "GPU-3c"]
    assert ids(combined("cdi", THREE, named("0", "GPU-1a", "1", "all"))) == [
        "GPU-1a",
        "nvidia.com/gpu=1",
    ]
    assert ids(combined("cdi", [], named("0", "1", "all"))) == [
        "nvidia.com/gpu=0",
        "nvidia.com/gpu=1",
    ]


def test_a_gpu_with_two_names_in_the_specification_is_one() -> None:
    devices = [CdiDevice("0", 0), CdiDevice("GPU-1a", 0), CdiDevice("1", 1), CdiDevice("GPU-2b", 1)]
    first, second = gpu_inventory.combined("cdi", [], devices)
    assert (first.id, second.id) == ("GPU-1a", "GPU-2b")
    for text in ("GPU-1a", "nvidia.com/gpu=GPU-1a", "0", "nvidia.com/gpu=0", "all"):
        assert first.is_called(text)
    for text in ("", "GPU-2b", "1", "nvidia.com/gpu=1", "nvidia.com/gpu="):
        assert not first.is_called(text)


@pytest.fixture
def host(fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """Give a machine whose nvidia-smi and CDI specification are stand-ins."""
    smi = tmp_path / "bin" / "nvidia-smi"
    smi.parent.mkdir()
    smi.write_text(
        "#!/bin/sh\ncase $1 in --query-gpu=*) echo 'GPU-1a, 0, A, 1'; echo 'GPU-2b, 1, A, 1';;\n"
        "*) echo 'GPU-2b, 42';; esac\n"
    )
    smi.chmod(smi.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{smi.parent}:/usr/bin:/bin")
    (tmp_path / "cdi").mkdir()
    (tmp_path / "cdi" / "nvidia.yaml").write_text(HANDWRITTEN)
    monkeypatch.setattr(gpu_inventory, "CDI_FOLDERS", (tmp_path / "cdi",))
    return Host(fake_engine, Settings(root=tmp_path), Catalogue())


def test_a_lease_skips_what_a_process_uses(host: Host) -> None:
    assert gpus.lease(host, 1, ()) == ("cdi", ("GPU-1a",))
    with pytest.raises(NoFreeGpuError, match="process 42"):
        gpus.lease(host, 2, ())


def test_no_gpu_wanted_asks_nobody(host: Host, fake_engine: FakeEngine) -> None:
    assert gpus.lease(host, 0, ()) == ("none", ())
    assert fake_engine.calls == []


def test_a_host_whose_backend_is_none_has_no_gpu(fake_engine: FakeEngine, tmp_path: Path) -> None:
    host = Host(fake_engine, Settings(root=tmp_path, gpu_backend="none"), Catalogue())
    with pytest.raises(NoFreeGpuError, match="This host has no GPU"):
        gpus.lease(host, 1, ())
