"""Restores Labdock's own state, while the stack is down: all of it, or none.

What comes back lies in a folder of its own until it is complete; then each part changes
places with the one that is there.  A note says which parts, so that a restore that died
in the middle is taken back by the next restore or the next ``up``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workspace_cli.core import labels, naming, state_databases
from workspace_cli.core.archive import damaged
from workspace_cli.core.archive_extract import TreeReader
from workspace_cli.core.backup_state import STATE, items_of
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import BackupError, ConflictError
from workspace_cli.core.home_swap import written_through
from workspace_cli.core.host import Host
from workspace_cli.core.lock import HostLock
from workspace_cli.core.restore import Source
from workspace_cli.core.secrets import unwritable
from workspace_cli.core.settings import Settings

WORK = ".state.restoring"
DONE = ".state.replaced"
_PLAN = "plan.json"
_LOCK_SECONDS = 5.0


def restore_state(host: Host, source: Source, report: Report) -> int:
    """Put the state from a backup in the place of the one that is there; return its files.

    Raises ConflictError while the stack is up, BackupError, DiskFullError.
    """
    settings = host.settings
    _check_database(source, settings)
    # The same lock as `up` and `down` hold.
    with HostLock(settings.root / "setup.lock", timeout=_LOCK_SECONDS), _told(settings):
        refuse_up(host)
        settle(settings)
        work = settings.root / WORK
        try:
            files = _fill(work, source, settings, report)
            dump = work / "new" / state_databases.DUMP
            if dump.exists():
                report(Progress("Restoring the database"))
                state_databases.load_postgresql(settings, dump)
            report(Progress("Putting the state in its place"))
            _move(settings, work)
        except BaseException:
            settle(settings)
            raise
    return files


def refuse_up(host: Host) -> None:
    """Raise ConflictError while the hub or its proxy runs on this data root."""
    for row in host.engine.containers():
        of_ours = row.labels.get(labels.ROOT, str(host.settings.root)) == str(host.settings.root)
        if row.name in (naming.HUB_CONTAINER, naming.PROXY_CONTAINER) and of_ours:
            raise ConflictError(
                f"The stack is up ({row.name}), and would go on with the state that it knows.",
                "Stop it first: workspace down",
            )


def settle(settings: Settings) -> None:
    """Take back a restore that died in the middle; remove what a finished one has left.

    Raises OSError.
    """
    work, done = settings.root / WORK, settings.root / DONE
    if (work / _PLAN).exists():
        plan = json.loads((work / _PLAN).read_text(encoding="utf-8"))
        for name in plan["items"]:
            _take_back(settings.root, work, name, incoming=name in plan["incoming"])
        (work / _PLAN).unlink()
    for left in (work, done):
        if left.exists():
            shutil.rmtree(left)


def _take_back(root: Path, work: Path, name: str, *, incoming: bool) -> None:
    """Undo one part, however far it came; doing so again changes nothing."""
    old, new = work / "old" / name, work / "new" / name
    has_come = incoming and not new.exists() and (root / name).exists()
    if has_come:
        (root / name).rename(new)
    if old.exists():
        if (root / name).exists():  # somebody has begun a new one meanwhile
            (root / name).rename(work / f"stray-{name}")
        old.rename(root / name)


def _check_database(source: Source, settings: Settings) -> None:
    saved, here = source.manifest.database, state_databases.kind(settings)
    if saved != here:
        raise BackupError(
            f"The backup holds a {saved} database, and the settings name a {here} one.",
            "Set WORKSPACE_DATABASE_URL as it was on the machine that was saved.",
        )


def _fill(work: Path, source: Source, settings: Settings, report: Report) -> int:
    for folder in (work, work / "new", work / "old"):
        folder.mkdir(mode=0o700)
    reader = TreeReader(
        source.tar, work / "new", STATE, lambda text: report(Progress(text, warning=True))
    )
    reader.read()
    source.stream.drain()
    known = {*items_of(settings), state_databases.DUMP}
    for path in (work / "new").iterdir():
        if path.name not in known:
            raise damaged(f"{path.name} is no part of a state")
    if not (work / "new" / "hub").is_dir():
        raise damaged("it holds no hub")
    return reader.files


def _move(settings: Settings, work: Path) -> None:
    (work / "new" / state_databases.DUMP).unlink(missing_ok=True)
    for script in (work / "new").glob("*.sql"):
        script.unlink()
    items = items_of(settings)
    incoming = [name for name in items if (work / "new" / name).exists()]
    written_through(work)
    (work / _PLAN).write_text(json.dumps({"items": items, "incoming": incoming}))
    written_through(work)
    for name in items:
        if (settings.root / name).exists():
            (settings.root / name).rename(work / "old" / name)
        if name in incoming:
            (work / "new" / name).rename(settings.root / name)
    written_through(settings.root)
    # From here on the new state stands.
    work.rename(settings.root / DONE)
    with suppress(OSError):  # the next restore or `up` tries again
        shutil.rmtree(settings.root / DONE)


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    """Tell failures of system calls in a person's words."""
    try:
        yield
    except OSError as exc:
        raise unwritable(settings.root, exc) from exc
