"""The machine's one lock."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from workspace_cli.core.errors import BusyError, SetupError
from workspace_cli.core.lock import HostLock

HOLDER = """
import sys, time
from pathlib import Path
from workspace_cli.core.lock import HostLock
with HostLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(path: Path, seconds: float) -> subprocess.Popen[str]:
    """Hold the lock in another process; return once it is held."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_file_is_made_where_it_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "data" / "lock"
    with HostLock(path):
        assert path.exists()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0, "the data root is nobody else's"


def test_threads_take_turns(tmp_path: Path) -> None:
    inside: list[int] = []
    overlaps: list[int] = []

    def work(number: int) -> None:
        for _ in range(20):
            with HostLock(tmp_path / "lock"):
                overlaps.extend(inside)
                inside.append(number)
                time.sleep(0.0005)
                inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == []


def test_processes_take_turns(tmp_path: Path) -> None:
    with holder(tmp_path / "lock", 0.4), HostLock(tmp_path / "lock"):
        pass  # got it once the other process was done
    with holder(tmp_path / "lock", 30) as other:
        with pytest.raises(BusyError, match="lock"), HostLock(tmp_path / "lock", timeout=0.2):
            pass
        other.kill()


def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    with holder(tmp_path / "lock", 30) as other:
        other.kill()
    with HostLock(tmp_path / "lock", timeout=5):
        pass


def test_a_thread_that_waits_too_long_is_told(tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def wait() -> None:
        try:
            with HostLock(tmp_path / "lock", timeout=0.1):
                pass
        except BusyError as exc:
            errors.append(exc)

    with HostLock(tmp_path / "lock"):
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert len(errors) == 1


def test_a_failure_inside_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), HostLock(tmp_path / "lock"):
        raise ZeroDivisionError
    with HostLock(tmp_path / "lock", timeout=1):
        pass


def test_a_time_out_spoils_nothing(tmp_path: Path) -> None:
    with holder(tmp_path / "lock", 30) as other:
        with pytest.raises(BusyError), HostLock(tmp_path / "lock", timeout=0.1):
            pass
        other.kill()
    with HostLock(tmp_path / "lock", timeout=5):
        pass


def test_a_program_started_under_the_lock_does_not_keep_it(tmp_path: Path) -> None:
    with HostLock(tmp_path / "lock"):
        child = subprocess.Popen(["sleep", "30"], close_fds=False)
    try:
        with HostLock(tmp_path / "lock", timeout=2):
            pass
    finally:
        child.kill()
        child.wait()


def test_a_lock_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="cannot be opened"), HostLock(tmp_path / "file" / "lock"):
        pass


def test_different_files_are_different_locks(tmp_path: Path) -> None:
    with HostLock(tmp_path / "one"), HostLock(tmp_path / "other", timeout=0.1):
        pass
