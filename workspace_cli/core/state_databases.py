"""Copies the lab's databases while they are in use, and brings them back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from workspace_cli.core.errors import BackupError, InvalidSettingError
from workspace_cli.core.settings import Settings

DUMP = "database.pgdump"
"""Name of PostgreSQL's part of a state."""
_SQLITE = b"SQLite format 3\0"
_BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a database; a copy by its own means needs none of it."""
_SECONDS = 3600.0


def kind(settings: Settings) -> Literal["sqlite", "postgresql"]:
    """Return which database the settings name."""
    url = settings.database_url or "sqlite:"
    return "sqlite" if url.startswith("sqlite:") else "postgresql"


def sqlite_file(settings: Settings) -> Path | None:
    """Return the SQLite file that the settings name; None for the usual ones in ``hub/``.

    Raises InvalidSettingError where it lies outside the data root.
    """
    if settings.database_url is None or kind(settings) != "sqlite":
        return None
    path = Path("/" + urlsplit(settings.database_url).path.lstrip("/"))
    if not path.is_relative_to(settings.root):
        raise InvalidSettingError(
            f"The database {path} is not under the data root {settings.root}.",
            "Save it by hand, or move it and change WORKSPACE_DATABASE_URL.",
        )
    return path


def is_sqlite(path: Path) -> bool:
    """Tell whether a file is a SQLite database, by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def is_beside(path: Path) -> bool:
    """Tell whether a file is only SQLite's note beside a database."""
    for end in _BESIDE:
        if path.name.endswith(end) and path.with_name(path.name.removesuffix(end)).exists():
            return True
    return False


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database as it is at one moment, whoever writes to it.  BackupError."""
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=30)) as one,
            closing(sqlite3.connect(target)) as other,
        ):
            one.backup(other)
    except sqlite3.Error as exc:
        raise BackupError(f"The database {source} could not be copied: {exc}.") from exc
    status = source.stat()
    os.chown(target, status.st_uid, status.st_gid)
    target.chmod(status.st_mode & 0o777)


def dump_postgresql(settings: Settings, target: Path) -> None:
    """Write everything in the lab's PostgreSQL database to a file.  BackupError."""
    _run(
        settings, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"
    )


def load_postgresql(settings: Settings, dump: Path) -> None:
    """Bring a PostgreSQL database back in one transaction: all of it, or nothing.

    Labdock's tables that are there now go first: those of a newer version would stay
    otherwise.  BackupError.
    """
    script = dump.with_suffix(".sql")
    _run(
        settings, "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges",
        f"--file={script}", str(dump), connect=False,
    )  # fmt: skip
    whole = dump.with_suffix(".whole.sql")
    with whole.open("wb") as target:
        for table in _tables(settings):
            target.write(f'DROP TABLE IF EXISTS "{table}" CASCADE;\n'.encode())
        with script.open("rb") as source:
            shutil.copyfileobj(source, target)
    _run(
        settings, "psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--single-transaction",
        "--set=ON_ERROR_STOP=1", f"--file={whole}",
    )  # fmt: skip


def _tables(settings: Settings) -> list[str]:
    import sqlalchemy
    from sqlalchemy.exc import SQLAlchemyError

    engine = sqlalchemy.create_engine(_url(settings), poolclass=sqlalchemy.NullPool)
    try:
        names = sqlalchemy.inspect(engine).get_table_names()
    except SQLAlchemyError as exc:
        reason = getattr(exc, "orig", None) or exc
        raise BackupError(f"The database cannot be reached: {reason}.") from exc
    return [name for name in names if name.startswith("labdock_")]


def _url(settings: Settings) -> Any:
    from sqlalchemy import make_url

    from workspace_cli.core.database import FILE, database_url, reachable

    return make_url(reachable(database_url(settings, FILE)))


def _run(settings: Settings, program: str, *options: str, connect: bool = True) -> None:
    """Run one of PostgreSQL's programs; its password is no argument, which others could read."""
    from sqlalchemy import URL

    found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"The database is PostgreSQL, and its program {program} is not on this machine.",
            "Install it: apt-get install postgresql-client",
        )
    url = _url(settings)
    plain = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "10", "LC_ALL": "C.UTF-8"}
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    command = [found, *([f"--dbname={plain}", "--no-password"] if connect else []), *options]
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as exc:
        raise BackupError(f"{program} did not end within an hour and was ended.") from exc
    if ended.returncode != 0:
        said = " ".join(ended.stderr.split())[:500]
        raise BackupError(f"{program} failed: {said or ended.returncode}", "Check the database.")
