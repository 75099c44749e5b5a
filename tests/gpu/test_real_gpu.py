"""A workspace on a real GPU, wherever the machine has one: sees it, trains on it, is shown.

Needs NVIDIA's driver, a way for the engine to hand GPUs out, and labdock/pytorch-cuda.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stand_in_nvml.library import STATE
from tests.support import Namespace, eventually, free_port
from workspace_cli.core import gpus, nvml
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import ImageNotFoundError
from workspace_cli.core.gpu_inventory import choose_backend, inventory
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace, WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import launch, stop
from workspace_cli.main import run_cli
from workspace_cli.output import Console

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

IMAGE = "labdock/pytorch-cuda"
PYTHON = "/opt/env/bin/python"
COUNT = "import torch; print(torch.cuda.device_count())"
TRAIN = """
import time, torch
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(64, 4096), torch.nn.ReLU(), torch.nn.Linear(4096, 1))
model = model.cuda()
x = torch.randn(8192, 64, device="cuda")
y = x.sum(1, keepdim=True)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
losses, end = [], time.monotonic() + 30
while time.monotonic() < end:
    loss = torch.nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    losses.append(loss.item())
print(losses[0], losses[-1])
"""


@pytest.fixture
def host(
    docker_engine: DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """Give this machine with its real GPUs; skip where one cannot be leased."""
    for name in ("LD_LIBRARY_PATH", STATE):
        monkeypatch.delenv(name, raising=False)
    nvml.forget()
    if not nvml.read().devices:
        pytest.skip("the driver of this machine finds no GPU")
    port = min(free_port(), 65000)
    settings = Settings(root=tmp_path / "labdock", port_range=(port, port + 200))
    host = Host(
        docker_engine, settings, Catalogue.of((CatalogueImage(name=IMAGE, workspace=True),))
    )
    backend = choose_backend(settings, host.info)
    if not inventory(backend):
        pytest.skip("this engine cannot hand GPUs out (see `workspace doctor`)")
    seen = gpus.look(host, docker_engine.containers())
    if not [gpu for gpu in seen.present if gpu.id not in {*seen.holders, *seen.unready}]:
        pytest.skip("every GPU of this machine is in use")
    try:
        docker_engine.image(IMAGE)
    except ImageNotFoundError:
        pytest.skip(f"{IMAGE} is not built")
    yield host
    nvml.forget()


@pytest.fixture
def workspace(host: Host, namespace: Namespace) -> Workspace:
    """Give a running workspace with one GPU."""
    return launch(host, WorkspaceSpec(owner=str(namespace), name="train", image=IMAGE, gpus=1))


def shown(host: Host, workspace: Workspace) -> dict[str, Any]:
    """Return what ``workspace gpus`` shows of the workspace's GPU."""
    out = io.StringIO()
    assert run_cli(["gpus", "--json"], Console(out, io.StringIO()), host) == 0
    (found,) = [one for one in json.loads(out.getvalue()) if one["id"] in workspace.gpus]
    return dict(found)


def python(host: Host, workspace: Workspace, program: str) -> str:
    ended = host.engine.execute(workspace.container.name, [PYTHON, "-c", program])
    output = ended.output.decode(errors="replace")
    assert ended.exit_code == 0, output
    return output


def test_it_sees_exactly_its_own_gpu(host: Host, workspace: Workspace) -> None:
    assert python(host, workspace, COUNT).split() == ["1"]
    listed = host.engine.execute(workspace.container.name, ["nvidia-smi", "-L"]).output.decode()
    assert listed.count("UUID: ") == 1
    assert shown(host, workspace)["uuid"] in listed


def test_it_trains_and_its_use_and_process_are_shown(host: Host, workspace: Workspace) -> None:
    losses: list[float] = []
    training = threading.Thread(
        target=lambda: losses.extend(map(float, python(host, workspace, TRAIN).split()))
    )
    training.start()

    def busy() -> bool:
        found = shown(host, workspace)
        owners = {process["workspace"] for process in found["processes"]}
        return workspace.reference in owners and (found["utilisation"] or 0) > 0

    eventually(busy, 60)
    assert [holder["name"] for holder in shown(host, workspace)["holders"]] == [workspace.reference]
    training.join()
    assert losses[1] < losses[0] / 2
    stop(host, workspace)
    eventually(lambda: shown(host, workspace)["state"] == "free", 30)
