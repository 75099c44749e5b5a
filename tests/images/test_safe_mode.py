"""What makes a start a safe one, and what the repair of an environment does, step by step."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from images.base.labdock_server import member, repair, safe_mode

LANGUAGES = {"en", "ko"}


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk with not a byte left."""
    folder = tmp_path / "full"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    subprocess.run(command, check=True)
    (folder / "passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    with pytest.raises(OSError, match="No space left"):
        (folder / "zeros").write_bytes(bytes(2**21))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Give a program that can be run."""
    path = tmp_path / "python"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def reason(told: str, folder: Path, python: Path) -> str:
    return safe_mode.reason(told, str(folder), python=str(python), home=str(folder))


# why -----------------------------------------------------------------------
def test_a_healthy_start_is_no_safe_one(tmp_path: Path, python: Path) -> None:
    assert reason("", tmp_path, python) == ""
    assert [path.name for path in tmp_path.iterdir()] == ["python"]


@pytest.mark.parametrize(
    "told, why", [("asked", "asked"), ("disk", "disk"), ("something newer", "asked")]
)
def test_what_the_machine_says_counts(tmp_path: Path, python: Path, told: str, why: str) -> None:
    assert reason(told, tmp_path, python) == why


def test_a_full_disk_is_found_out(full: Path, python: Path) -> None:
    assert safe_mode.is_full(str(full))
    assert reason("", full, python) == "disk"
    assert not list(full.glob(".labdock-probe*"))


@pytest.mark.parametrize("state", ["missing", "not executable", "a link to nothing"])
def test_an_environment_without_python_is_found_out(tmp_path: Path, state: str) -> None:
    python = tmp_path / "python"
    if state == "not executable":
        python.write_text("")
        python.chmod(0o644)
    elif state == "a link to nothing":
        python.symlink_to(tmp_path / "nowhere")
    assert reason("", tmp_path, python) == "environment"


def test_a_folder_that_is_not_there_is_not_full(tmp_path: Path) -> None:
    assert not safe_mode.is_full(str(tmp_path / "none"))


# what is different ---------------------------------------------------------
def test_nothing_of_the_members_own_is_used(tmp_path: Path) -> None:
    given = {
        "PATH": "/opt/env/bin:/opt/mine",
        "LD_PRELOAD": "/workspace/broken.so",
        "PYTHONPATH": "/workspace",
        "BASH_ENV": "/workspace/rc",
        "PIP_CERT": "/etc/ssl/certs/ca-certificates.crt",
        "JUPYTER_CONFIG_DIR": "/workspace/.labdock/jupyter/config",
        "JUPYTERHUB_SERVICE_PREFIX": "/user/kim/",
        "WORKSPACE_AUTH_PASSWORD": "1234",
    }
    env = safe_mode.safe_environment(given, uid=1000, state=str(tmp_path), why="disk")
    assert "opt/env" not in env["PATH"]
    assert env["PATH"].endswith("/opt/labdock/bin")
    assert not {"LD_PRELOAD", "PYTHONPATH", "BASH_ENV", "VIRTUAL_ENV"} & set(env)
    assert not {"WORKSPACE_AUTH_PASSWORD"} & set(env)
    assert env["PIP_CERT"] == given["PIP_CERT"]
    assert env["JUPYTERHUB_SERVICE_PREFIX"] == "/user/kim/"
    written = [name for name, value in env.items() if value.startswith("/workspace")]
    assert written == []
    assert env["LABDOCK_SAFE_MODE"] == "disk"


def test_what_the_server_writes_goes_to_the_first_folder_that_takes_it(
    tmp_path: Path, full: Path
) -> None:
    (tmp_path / "file").write_text("")
    made = safe_mode.private_state(7, [str(tmp_path / "file"), str(tmp_path)])
    assert made.startswith(f"{tmp_path}/labdock-7-")
    assert made != safe_mode.private_state(7, [str(tmp_path)])
    assert Path(made).stat().st_mode & 0o777 == 0o700
    with pytest.raises(OSError, match="Not a directory"):
        safe_mode.private_state(7, [str(tmp_path / "file")])


@pytest.mark.parametrize("why", ["asked", "disk", "environment"])
def test_the_page_says_why_and_the_way_back_in_every_language(why: str) -> None:
    (notice,) = safe_mode.notice({"LABDOCK_SAFE_MODE": why})
    texts = notice["text"]
    assert isinstance(texts, dict)
    assert set(texts) == LANGUAGES
    assert "restart the workspace" in texts["en"]
    assert "다시 시작하세요" in texts["ko"]


def test_a_usual_start_shows_nothing() -> None:
    assert safe_mode.notice({}) == []


def test_the_accounts_outlive_a_full_disk(full: Path) -> None:
    before = (full / "passwd").read_text()
    with pytest.raises(OSError, match="No space left"):
        member.write_account(5000, str(full / "passwd"))
    assert (full / "passwd").read_text() == before
    assert not (full / "passwd.labdock").exists()


# the repair ----------------------------------------------------------------
class Machine:
    """Runs nothing and remembers what was to be run; what ``fails`` names does not work."""

    def __init__(self, *fails: str) -> None:
        self.fails = set(fails)
        self.ran: list[str] = []

    def __call__(self, command: Sequence[str]) -> bool:
        line = " ".join(command)
        self.ran.append(line)
        if "venv" in line:
            self.fails.discard("import pip")
        if "pip install" in line and "network" not in self.fails:
            self.fails.discard("import ipykernel.kernelapp")
        return not any(line.endswith(word) for word in self.fails)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give an environment with something that looks like a Python."""
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    python.chmod(0o755)
    return tmp_path / "env"


def test_what_works_is_left_alone(folder: Path) -> None:
    machine = Machine()
    assert repair.repair(fresh=False, folder=str(folder), run=machine) == 0
    assert not any("venv" in line or "install" in line for line in machine.ran)


def test_a_python_that_does_not_run_is_made_again(folder: Path) -> None:
    machine = Machine("import pip")
    assert repair.repair(fresh=False, folder=str(folder), run=machine) == 0
    assert f"/usr/bin/python3 -m venv {folder}" in machine.ran


def test_a_kernel_that_does_not_import_is_installed_again(folder: Path) -> None:
    machine = Machine("import ipykernel.kernelapp")
    assert repair.repair(fresh=False, folder=str(folder), run=machine) == 0
    assert any("--force-reinstall ipykernel" in line for line in machine.ran)


def test_beginning_anew_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine()
    assert repair.repair(fresh=True, folder=str(folder), run=machine) == 0
    assert f"/usr/bin/python3 -m venv --clear {folder}" in machine.ran
    assert "anew" in capsys.readouterr().out


def test_what_cannot_be_mended_is_told_with_the_next_step(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = Machine("import ipykernel.kernelapp", "network")
    assert repair.repair(fresh=False, folder=str(folder), run=machine) == 1
    assert "--fresh" in capsys.readouterr().out


def test_a_folder_that_is_gone_is_made_for_the_group(tmp_path: Path) -> None:
    machine = Machine()
    repair.repair(fresh=False, folder=str(tmp_path / "gone"), run=machine)
    assert machine.ran[0].endswith(f"install -d -g 990 -m 2775 {tmp_path / 'gone'}")


@pytest.mark.parametrize("argv, code", [(["--help"], 0), (["-h"], 0), (["--frsh"], 2)])
def test_wrong_usage_is_told(argv: list[str], code: int) -> None:
    assert repair.main(["labdock-repair", *argv]) == code
