"""Restoring a home: what is damaged, tampered with or interrupted leaves the old one."""

from __future__ import annotations

import errno
import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.use_cases.trees import fill, home_of, restored, saved, seen
from tests.support import end_at_step
from workspace_cli.core import folders, home_swap, restore
from workspace_cli.core.archive import END, MANIFEST, Manifest, Output, checksum_file
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    BackupError,
    BusyError,
    ConflictError,
    DiskFullError,
    SetupError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.lock import HostLock
from workspace_cli.core.models import Mount, WorkspaceSpec
from workspace_cli.core.restore import check_file
from workspace_cli.core.workspaces import find, launch, stop


def beside(host: Host) -> list[str]:
    return sorted(path.name for path in host.settings.homes.iterdir())


@pytest.fixture
def old(host: Host) -> dict[str, object]:
    """Give kim a home, and return what is in it."""
    home = home_of(host)
    home.mkdir(parents=True)
    (home / "old").write_text("old")
    return seen(home)


@pytest.fixture
def backup(host: Host) -> bytes:
    """Give a backup of another home."""
    fill(home_of(host, "lee"))
    return saved(host, "lee")


def crafted(*members: tuple[tarfile.TarInfo, bytes], top: bool = True) -> bytes:
    """Return a backup with members that ours would never have."""
    stream = io.BytesIO()
    output = Output(stream)
    output.note(MANIFEST, Manifest("home", "2026-01-01T00:00:00Z", "kim").packed())
    folder = tarfile.TarInfo("home")
    folder.type, folder.mode = tarfile.DIRTYPE, 0o700
    every = [(folder, b"")] if top else []
    for info, content in [*every, *members]:
        output.member(info, content)
    output.finish(len(every) + len(members))
    return stream.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, 0o755
    return info


def test_it_becomes_the_home_of_whom_one_says(host: Host, backup: bytes) -> None:
    done = restored(host, backup, "park")
    assert seen(home_of(host, "park")) == seen(home_of(host, "lee"))
    assert (done.owner, done.kept) == ("park", None)
    assert beside(host) == ["lee", "park"]


def test_the_old_home_is_kept_where_asked(
    host: Host, old: dict[str, object], backup: bytes
) -> None:
    first, second = (restored(host, backup, keep_old=True).kept for _ in range(2))
    assert first is not None
    assert second is not None
    assert seen(first) == old
    assert seen(second) == seen(home_of(host)) == seen(home_of(host, "lee"))


def test_every_cut_is_noticed(host: Host, old: dict[str, object], backup: bytes) -> None:
    for end in {0, 1, 4, 100, *range(0, len(backup), len(backup) // 25), len(backup) - 1}:
        with pytest.raises(BackupError):
            restored(host, backup[:end])
        assert seen(home_of(host)) == old
        assert beside(host) == ["kim", "lee"]


def test_no_changed_byte_changes_what_comes_back(
    host: Host, old: dict[str, object], backup: bytes
) -> None:
    whole = seen(home_of(host, "lee"))
    unnoticed = 0
    for place in range(0, len(backup), max(1, len(backup) // 60)):
        spoilt = bytearray(backup)
        spoilt[place] ^= 0x55
        try:
            restored(host, bytes(spoilt))
        except BackupError:
            assert seen(home_of(host)) == old
        else:
            # Now and then a byte says nothing of the content (how large a window unpacking
            # needs): then all of it is right, as its checksum says.
            assert seen(home_of(host)) == whole
            old, unnoticed = whole, unnoticed + 1
        assert beside(host) == ["kim", "lee"]
    assert unnoticed <= 2


def test_what_follows_the_end_is_noticed(host: Host, old: dict[str, object], backup: bytes) -> None:
    with pytest.raises(BackupError, match="follows"):
        restored(host, backup + b"x")
    assert seen(home_of(host)) == old


def test_a_whole_stream_with_a_member_missing_is_noticed(host: Host) -> None:
    stream = io.BytesIO()
    output = Output(stream)
    output.note(MANIFEST, Manifest("home", "", "kim").packed())
    output.member(entry("home", tarfile.DIRTYPE))
    output.finish(2)
    with pytest.raises(BackupError, match="1 files and should hold 2"):
        restored(host, stream.getvalue())


def test_a_backup_of_a_newer_form_and_strange_files_are_told_apart(host: Host) -> None:
    stream = io.BytesIO()
    output = Output(stream)
    output.note(MANIFEST, b'{"format": 99, "kind": "home", "created": ""}')
    output.finish(0)
    with pytest.raises(BackupError, match="does not know"):
        restored(host, stream.getvalue())
    for strange in (b"", b"no backup at all", b"\x28\xb5\x2f\xfd garbage"):
        with pytest.raises(BackupError):
            restored(host, strange)


@pytest.mark.parametrize(
    "members",
    [
        [entry("home/../../x")],
        [entry("/etc/x")],
        [entry("home//x")],
        [entry("home/./x")],
        [entry("elsewhere/x")],
        [entry("home/a/x")],
        [entry("home/a"), entry("home/a/x")],
        [entry("home/a", tarfile.SYMTYPE, "/etc"), entry("home/a/x")],
        [entry("home/a", tarfile.SYMTYPE, "/etc"), entry("home/a", tarfile.DIRTYPE)],
        [
            entry("home/a", tarfile.SYMTYPE, "/etc/hosts"),
            entry("home/b", tarfile.LNKTYPE, "home/a"),
        ],
        [
            entry("home/a", tarfile.SYMTYPE, "/etc"),
            entry("home/b", tarfile.LNKTYPE, "home/a/passwd"),
        ],
        [entry("home/b", tarfile.LNKTYPE, "/etc/passwd")],
        [entry("home/b", tarfile.LNKTYPE, "home/../../../etc/passwd")],
        [entry("home/b", tarfile.LNKTYPE, "home/none")],
        [entry("home/d", tarfile.CHRTYPE)],
        [entry("home/d", tarfile.BLKTYPE)],
        [entry("home/a"), entry("home/a")],
        [entry("home", tarfile.DIRTYPE)],
        [entry("home/a", tarfile.DIRTYPE), entry("home/b"), entry("home/a/x")],
        [entry(END + "x")],
    ],
)
def test_a_backup_that_somebody_altered_is_refused(
    host: Host, old: dict[str, object], members: list[tarfile.TarInfo]
) -> None:
    outside = seen(Path("/etc/hosts"))
    with pytest.raises(BackupError):
        restored(host, crafted(*((info, b"") for info in members)))
    assert seen(home_of(host)) == old
    assert beside(host) == ["kim"]
    assert seen(Path("/etc/hosts")) == outside


def test_a_backup_whose_first_member_is_no_folder_is_refused(host: Host) -> None:
    with pytest.raises(BackupError):
        restored(host, crafted((entry("home/a"), b""), top=False))
    with pytest.raises(BackupError):
        restored(host, crafted((entry("home"), b""), top=False))


def test_no_setuid_bit_comes_back(host: Host) -> None:
    program = entry("home/program")
    program.mode = 0o6755
    restored(host, crafted((program, b"#!")))
    assert stat.S_IMODE((home_of(host) / "program").stat().st_mode) == 0o755


def test_the_checksum_beside_the_file_is_compared(tmp_path: Path, backup: bytes) -> None:
    file = tmp_path / "b.tar.zst"
    file.write_bytes(backup)
    steps: list[Progress] = []
    assert not check_file(file, steps.append)
    checksum_file(file).write_text("0" * 64 + "  b.tar.zst\n")
    with pytest.raises(BackupError, match="checksum"):
        check_file(file, steps.append)
    checksum_file(file).write_text("")
    with pytest.raises(BackupError, match="checksum"):
        check_file(file, steps.append)


# who uses the home -----------------------------------------------------------
def test_it_is_refused_while_a_workspace_runs_and_says_which(
    host: Host, backup: bytes, spec: Callable[..., WorkspaceSpec]
) -> None:
    launch(host, spec("study", owner="kim"))
    launch(host, spec("other", owner="kim"))
    with pytest.raises(ConflictError, match="kim/other, kim/study"):
        restored(host, backup)
    for name in ("study", "other"):
        stop(host, find(host, name))
    restored(host, backup)
    assert (home_of(host) / "note").exists()


def test_it_is_refused_while_a_strangers_container_has_the_home(
    host: Host, engine: FakeEngine, old: dict[str, object], backup: bytes,
    spec: Callable[..., WorkspaceSpec],
) -> None:  # fmt: skip
    launch(host, spec("admin", owner="lee", mounts=(Mount(str(home_of(host)), "/kim"),)))
    with pytest.raises(ConflictError, match="lee/admin"):
        restored(host, backup)
    assert seen(home_of(host)) == old


def test_a_workspace_that_starts_meanwhile_keeps_the_old_home(
    host: Host, old: dict[str, object], backup: bytes, spec: Callable[..., WorkspaceSpec],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    launch(host, spec("study", owner="kim"))
    stop(host, find(host, "study"))
    old = seen(home_of(host))
    real = home_swap.exchange

    def started_before(new: Path, home: Path) -> None:
        # A start in place holds no lock: it can fall between the look and the exchange.
        if find(host, "study").container.state == "exited":
            host.engine.start(find(host, "study").container.id)
        real(new, home)

    monkeypatch.setattr(home_swap, "exchange", started_before)
    with pytest.raises(ConflictError, match="kim/study"):
        restored(host, backup)
    assert seen(home_of(host)) == old
    assert beside(host) == ["kim", "lee"]


def test_one_restore_at_a_time(host: Host, backup: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore, "_LOCK_SECONDS", 0.05)
    with HostLock(host.settings.root / "restore.lock"), pytest.raises(BusyError):
        restored(host, backup)


# interruptions ---------------------------------------------------------------
_STEPS = (
    *("open", "mkdir", "symlink", "link", "mkfifo", "pwrite", "fchown", "chown", "fchmod"),
    *("utime", "setxattr", "ftruncate", "rename", "unlink", "rmdir", "statvfs", "dup"),
)


class _Stopped(BaseException):
    """What ends a call at a chosen step: nothing of ours catches it."""


def _count_down(monkeypatch: pytest.MonkeyPatch, steps: int, end: Callable[[], object]) -> None:
    """Let every system call of a restore count, and end it at one of them."""
    calls = [*((os, name) for name in _STEPS), (home_swap, "_exchange")]
    end_at_step(monkeypatch.setattr, calls, steps, end)


def _no_exchange(_one: Path, _other: Path) -> None:
    raise OSError(errno.ENOSYS, "Function not implemented")


@pytest.mark.parametrize("exchange", [True, False])
def test_killed_at_any_step_one_whole_home_is_there(
    host: Host, old: dict[str, object], exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child process dies at its first, second, third … system call, without any clean-up."""
    small = home_of(host, "lee")
    small.mkdir()
    (small / "a").write_text("a")
    (small / "link").symlink_to("a")
    (small / "folder").mkdir()
    new, backup = seen(small), saved(host, "lee")
    if not exchange:
        monkeypatch.setattr(home_swap, "_exchange", _no_exchange)
    ended = steps = 0
    while ended == 0:
        steps += 1
        child = os.fork()
        if child == 0:
            with pytest.MonkeyPatch.context() as patch:
                _count_down(patch, steps, lambda: os._exit(0))
                try:
                    restored(host, backup)
                finally:
                    os._exit(1)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        folders.ensure(host.settings, "kim")  # what the next start does first
        assert seen(home_of(host)) in (old, new), f"after {steps} steps"
        if seen(home_of(host)) == new and ended == 0:
            # Too late to be taken back: give the old home to the next round.
            (home_of(host) / "a").unlink()
            (home_of(host) / "link").unlink()
            (home_of(host) / "folder").rmdir()
            (home_of(host) / "old").write_text("old")
            old = seen(home_of(host))
    assert steps > 30
    assert seen(home_of(host)) == new
    assert beside(host) == ["kim", "lee"]


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("fault", [_Stopped(), OSError(errno.ENOSPC, "No space left on device")])
def test_failed_at_any_step_the_old_home_is_there_and_nothing_beside_it(
    host: Host, old: dict[str, object], exchange: bool, fault: BaseException
) -> None:
    small = home_of(host, "lee")
    small.mkdir()
    (small / "a").write_text("a")
    new, backup, backup_of_old = seen(small), saved(host, "lee"), saved(host)
    fired: list[int] = []
    steps = taken_back = 0

    def end() -> None:
        fired.append(steps)
        raise fault

    while len(fired) == steps:
        steps += 1
        with pytest.MonkeyPatch.context() as patch:
            if not exchange:
                patch.setattr(home_swap, "_exchange", _no_exchange)
            _count_down(patch, steps, end)
            try:
                restored(host, backup)
            except (_Stopped, DiskFullError, SetupError):
                assert seen(home_of(host)) in (old, new), f"at step {steps}"
            else:
                # Nothing was lost by that fault, or none happened.
                assert seen(home_of(host)) == new, f"at step {steps}"
        if seen(home_of(host)) == old:
            assert beside(host) == ["kim", "lee"], f"at step {steps}"
            taken_back += 1
        else:
            restored(host, backup_of_old)
    assert taken_back > 15


def test_a_full_disk_is_told_before_anything_is_unpacked(
    host: Host, old: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.BytesIO()
    output = Output(stream)
    output.note(MANIFEST, Manifest("home", "", "kim", files=1, size=2**60).packed())
    output.member(entry("home", tarfile.DIRTYPE))
    output.finish(1)
    with pytest.raises(DiskFullError, match="GiB"):
        restored(host, stream.getvalue())
    assert seen(home_of(host)) == old


def test_what_a_dead_restore_left_is_removed_by_the_next(
    host: Host, old: dict[str, object], backup: bytes
) -> None:
    left = home_swap.beside(home_of(host), home_swap.NEW)
    left.mkdir()
    (left / "half").touch()
    restored(host, backup)
    assert beside(host) == ["kim", "lee"]
    assert seen(home_of(host)) == seen(home_of(host, "lee"))
