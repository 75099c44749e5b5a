"""What a workspace's terminals are told of its GPUs."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import languages
from hub.gpu_lines import GpuLines, Lines, lines
from hub.machine import Machine
from tests.hub.test_idling import make
from workspace_cli.core import inside
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.gpu_inventory import Gpu
from workspace_cli.core.host import Host
from workspace_cli.core.leases import Term
from workspace_cli.core.models import Workspace
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import find, stop

NOW = 1_700_000_000.0
UUID = "GPU-5f3c1a2b-0000"
KNOWN = {UUID: Gpu(id=UUID, uuid=UUID, name="NVIDIA H100")}


@pytest.fixture(autouse=True)
def words() -> None:
    languages.load()


def term(ends: float | None, *gpus: str) -> Term:
    return Term(
        owner="kim",
        workspace="default",
        container="labdock-kim--default",
        gpus=gpus,
        began=NOW,
        ends=ends,
        extensions_left=1,
        extend_by=3600.0,
    )


def test_a_line_names_models_and_the_end_in_every_language() -> None:
    told = lines(term(NOW, UUID, "GPU-00000001-0000"), KNOWN, "Asia/Seoul")
    names = "NVIDIA H100 (GPU-5f3c1a2b), GPU-00000001"
    assert told == {
        "en": f"{names} until Nov 15, 2023 07:13",
        "ko": f"{names}, 2023. 11. 15. 07:13까지",
    }


def test_who_shares_a_gpu_is_told_that_nothing_keeps_its_memory() -> None:
    told = lines(term(None, UUID), KNOWN, "UTC", shared=True)
    assert told["en"] == (
        "NVIDIA H100 (GPU-5f3c1a2b) (others may use it too: nothing keeps its memory for you)"
    )
    assert "다른 사람도" in told["ko"]


def test_a_lease_without_an_end_is_told_without_one() -> None:
    assert lines(term(None, UUID), KNOWN, "UTC")["en"] == "NVIDIA H100 (GPU-5f3c1a2b)"


@pytest.mark.asyncio
async def test_workspaces_with_gpus_are_told_once_and_again_after_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine()
    engine.add_image("labdock/base", config={"Cmd": ["sleep"]})
    settings = Settings(root=tmp_path)
    settings.hub_dir.mkdir()
    machine = Machine(Host(engine, settings, Catalogue(), lambda: NOW))
    told: list[str] = []
    answers = [False, True, True]

    def show(host: Host, workspace: Workspace, shown: Lines) -> bool:
        told.append(f"{workspace.reference} {shown['en']}")
        return answers.pop(0)

    monkeypatch.setattr(inside, "show_gpus", show)
    make(engine, "kim", "default", UUID)
    make(engine, "lee", "default", "")
    gpu_lines = GpuLines(machine)
    for _ in range(3):
        await gpu_lines.tell()
    # The first time its server did not take it.
    assert len(told) == 2
    assert told[0].startswith("kim/default GPU-5f3c1a2b until ")
    stop(machine.host, find(machine.host, "kim/default"), 0)
    await gpu_lines.tell()
    engine.start(engine.container("labdock-kim--default").id)
    await gpu_lines.tell()
    assert len(told) == 3
    machine.host.database.close()
