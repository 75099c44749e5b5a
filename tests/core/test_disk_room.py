"""How much room there is, read from real file systems."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.disk_room import rooms
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings

MIB = 2**20


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Give a folder that is a disk of 16 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={16 * MIB}", "tmpfs", str(folder)]
    subprocess.run(["mount", *options], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def host_with(root: Path, data_root: Path) -> Host:
    engine = FakeEngine()
    engine.engine_info = replace(engine.engine_info, data_root=str(data_root))
    return Host(engine, Settings(root=root), Catalogue.of(()))


def test_two_disks_are_told_each_by_its_own(small: Path, tmp_path: Path) -> None:
    first, second = rooms(host_with(small / "labdock", tmp_path))
    assert (first.path, first.total) == (str(small / "labdock"), 16 * MIB)
    assert second.path == str(tmp_path)
    (small / "a").write_bytes(bytes(10 * MIB))
    assert rooms(host_with(small, tmp_path))[0].free <= 6 * MIB


def test_one_disk_is_told_once(tmp_path: Path) -> None:
    (only,) = rooms(host_with(tmp_path / "labdock", tmp_path / "docker"))
    assert only.total > 0
    assert 0 <= only.free <= only.total
