"""From a process to its containers, by control groups of both versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from workspace_cli.core import nvml_reader

ONE, TWO = "1" * 64, "2" * 64


@pytest.mark.parametrize(
    "groups, containers",
    [
        (f"12:devices:/docker/{ONE}\n11:cpu:/docker/{ONE}\n", [ONE]),
        (f"0::/system.slice/docker-{ONE}.scope\n", [ONE]),
        (f"0::/../{ONE}\n", [ONE]),
        (f"4:memory:/lab/{ONE}\n0::/\n", [ONE]),
        (f"0::/docker/{ONE}/docker/{TWO}\n", [ONE, TWO]),
        (f"0::/user.slice/user-1000.slice/user@1000.service/docker-{ONE}.scope/init\n", [ONE]),
        ("0::/user.slice/user-1000.slice/session-3.scope\n", []),
        ("", []),
    ],
)
def test_containers_are_found_in_the_paths_outermost_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: str, containers: list[str]
) -> None:
    folder = tmp_path / "42"
    folder.mkdir()
    (folder / "comm").write_text("python\n")
    (folder / "cgroup").write_text(groups)
    monkeypatch.setattr(nvml_reader, "PROC", tmp_path)
    found = nvml_reader.trace(42)
    assert (found["name"], found["containers"]) == ("python", containers)


def test_a_process_that_has_ended_is_in_no_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nvml_reader, "PROC", tmp_path)
    assert nvml_reader.trace(42) == {"name": "", "uid": None, "containers": []}
