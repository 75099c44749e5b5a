"""Writes a backup of Labdock's own state: databases, secrets, keys, policy and settings.

Not the members' files: those are backed up home by home.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from workspace_cli.core import state_databases
from workspace_cli.core.archive import MANIFEST, Manifest, Output, failed
from workspace_cli.core.archive_tree import Told, TreeWriter, count
from workspace_cli.core.backup import Written, stamp
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import SetupError
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings

STATE = "state"
"""Name of the tree in a state's backup."""
ITEMS = ("hub", "proxy", "secrets", "policy.toml", "catalog.toml", "stopped.json")
"""What of the data root is state, beside a SQLite file that the settings name."""
SETTINGS = "settings.env"
"""The settings file, as it is called in a backup and after a restore."""


def backup_state(
    host: Host, target: IO[bytes], report: Report, *, settings_file: Path | None = None
) -> Written:
    """Write Labdock's own state to a stream; the stack may be up meanwhile.

    ``settings_file`` is the ``.env`` that is saved with it.  Raises SetupError where there
    is no state, BackupError, DiskFullError.
    """
    settings = host.settings
    if not settings.hub_dir.is_dir():
        raise SetupError(
            f"There is no state in {settings.root}.", "Set WORKSPACE_ROOT, or run `workspace up`."
        )
    try:
        with tempfile.TemporaryDirectory(prefix=".state-backup-", dir=settings.root) as folder:
            copy = Path(folder) / STATE
            copy.mkdir(mode=0o700)
            report(Progress("Copying the databases and secrets"))
            _copy(host, copy, settings_file)
            return _write(host, copy, target, report)
    except OSError as exc:
        raise failed(exc, "copying the state") from exc


def _copy(host: Host, copy: Path, settings_file: Path | None) -> None:
    settings = host.settings
    # Under the lock nothing is created or removed, so secrets and containers fit together.
    with host.locked():
        for name in ITEMS:
            if (source := settings.root / name).exists():
                _copy_tree(source, copy / name)
    if (file := state_databases.sqlite_file(settings)) and file.exists():
        place = copy / file.relative_to(settings.root)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        state_databases.copy_sqlite(file, place)
    if state_databases.kind(settings) == "postgresql":
        state_databases.dump_postgresql(settings, copy / state_databases.DUMP)
    if settings_file is not None and settings_file.is_file():
        shutil.copyfile(settings_file, copy / SETTINGS)
        (copy / SETTINGS).chmod(0o600)


def _copy_tree(source: Path, target: Path) -> None:
    """Copy a folder or a file with owners and rights; databases by SQLite's own means."""
    if source.is_dir() and not source.is_symlink():
        target.mkdir(mode=0o700)
        for below in sorted(source.iterdir()):
            _copy_tree(below, target / below.name)
    elif source.is_symlink():
        target.symlink_to(os.readlink(source))  # noqa: PTH115 - as it is written
    elif not source.is_file() or state_databases.is_beside(source):
        return
    elif state_databases.is_sqlite(source):
        state_databases.copy_sqlite(source, target)
        return
    else:
        shutil.copyfile(source, target)
    shutil.copystat(source, target, follow_symlinks=False)
    status = os.lstat(source)
    os.chown(target, status.st_uid, status.st_gid, follow_symlinks=False)


def _write(host: Host, copy: Path, target: IO[bytes], report: Report) -> Written:
    found = count(copy)
    database = state_databases.kind(host.settings)
    manifest = Manifest("state", stamp(host), "", found.files, found.bytes, database)
    output = Output(target)
    output.note(MANIFEST, manifest.packed())
    told = Told(report, "Saving the state", found.bytes)
    writer = TreeWriter(output, told)
    writer.write(copy, STATE)
    output.finish(writer.files)
    return Written(manifest, output.sha256, output.size, writer.files, told.unread)


def items_of(settings: Settings) -> tuple[str, ...]:
    """Return what of the data root a restored state replaces."""
    file = state_databases.sqlite_file(settings)
    extra = () if file is None else (file.relative_to(settings.root).parts[0],)
    return tuple(dict.fromkeys((*ITEMS, *extra, SETTINGS)))
