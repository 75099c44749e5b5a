"""Labdock's own state, saved from a running hub and restored on an empty data root."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.hub.postgresql import PostgreSQL
from tests.hub.running_hub import add_images, running_hub
from tests.support import end_at_step
from workspace_cli.core import restore_state, state_databases
from workspace_cli.core.backup_state import SETTINGS, backup_state
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import (
    BackupError,
    ConflictError,
    InvalidSettingError,
    SetupError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.restore import open_source
from workspace_cli.core.settings import Settings


def machine(root: Path, **settings: str) -> Host:
    return Host(FakeEngine(), Settings(root=root, **settings), Catalogue.of(()))  # type: ignore[arg-type]


def save(host: Host, **named: Path) -> bytes:
    stream = io.BytesIO()
    backup_state(host, stream, lambda _step: None, **named)
    return stream.getvalue()


def bring_back(host: Host, backup: bytes) -> int:
    source = open_source(io.BytesIO(backup), lambda _step: None)
    return restore_state.restore_state(host, source, lambda _step: None)


def content(root: Path) -> dict[str, bytes]:
    """Return the state's files; what locks or is the restore's own is none."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.endswith("lock")
    }


def make_state(root: Path, word: str) -> None:
    """Write a small state of one word, with a database that has it."""
    for folder in ("hub", "proxy", "secrets/labdock-kim--study"):
        (root / folder).mkdir(parents=True)
    (root / "hub" / "cookie-secret").write_text(word)
    (root / "proxy" / "token").write_text(word)
    (root / "secrets" / "labdock-kim--study" / "environment.json").write_text(word)
    with closing(sqlite3.connect(root / "hub" / "labdock.sqlite")) as database:
        database.execute("CREATE TABLE t (word TEXT)")
        database.execute("INSERT INTO t VALUES (?)", (word,))
        database.commit()


def word_in(root: Path) -> str:
    with closing(sqlite3.connect(root / "hub" / "labdock.sqlite")) as database:
        return str(database.execute("SELECT word FROM t").fetchone()[0])


@pytest.mark.asyncio
@pytest.mark.filterwarnings("default")  # JupyterHub and its libraries warn of themselves
async def test_accounts_log_in_on_an_empty_data_root_with_sqlite(tmp_path: Path) -> None:
    engine = FakeEngine()
    add_images(engine)
    async with running_hub(tmp_path / "one", engine) as hub:
        await hub.add("kim")
        # While the hub runs and writes.
        backup = save(machine(tmp_path / "one"))
        await hub.add("lee")
    bring_back(machine(tmp_path / "two"), backup)
    assert (tmp_path / "two" / "hub").stat().st_mode == (tmp_path / "one" / "hub").stat().st_mode
    async with running_hub(tmp_path / "two", engine) as hub:
        assert (await hub.log_in("kim", "a good password")).status_code == 302
        assert (await hub.log_in("kim", "another password")).status_code == 403
        assert (await hub.log_in("lee", "a good password")).status_code == 403


@pytest.mark.asyncio
@pytest.mark.filterwarnings("default")  # JupyterHub and its libraries warn of themselves
async def test_accounts_log_in_on_an_empty_database_with_postgresql(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    engine = FakeEngine()
    add_images(engine)
    first, second = postgresql.new_database(), postgresql.new_database()
    async with running_hub(tmp_path / "one", engine, database_url=first) as hub:
        await hub.add("kim")
        backup = save(machine(tmp_path / "one", database_url=first))
    bring_back(machine(tmp_path / "two", database_url=second), backup)
    async with running_hub(tmp_path / "two", engine, database_url=second) as hub:
        assert (await hub.log_in("kim", "a good password")).status_code == 302
    assert not list((tmp_path / "two").glob("*.pgdump"))
    assert not list((tmp_path / "two").glob(".state*"))


def test_a_database_that_went_on_is_put_back_as_it_was(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    """Also where a newer Labdock has added a table, which would be in the way later."""
    url = postgresql.new_database()
    host = machine(tmp_path / "one", database_url=url)
    make_state(tmp_path / "one", "old")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE labdock_account (name TEXT PRIMARY KEY)")
        connection.execute("INSERT INTO labdock_account VALUES ('kim')")
        backup = save(host)
        connection.execute("INSERT INTO labdock_account VALUES ('lee')")
        connection.execute("CREATE TABLE labdock_later (n TEXT REFERENCES labdock_account)")
        connection.execute("CREATE TABLE of_somebody_else (id INTEGER)")
    bring_back(host, backup)
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        assert {row[0] for row in rows} == {"labdock_account", "of_somebody_else"}
        names = connection.execute("SELECT name FROM labdock_account").fetchall()
    assert names == [("kim",)]


def test_a_database_that_refuses_leaves_the_state_as_it_was(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    url = postgresql.new_database()
    host = machine(tmp_path / "one", database_url=url)
    make_state(tmp_path / "one", "old")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE labdock_account (name TEXT)")
        connection.execute("INSERT INTO labdock_account VALUES ('kim')")
    backup = save(host)
    # A view that depends on a table of the backup, which cannot be dropped therefore.
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (id INTEGER)")
        connection.execute("INSERT INTO labdock_account VALUES ('lee')")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC, labdock")
        connection.execute("CREATE ROLE weak LOGIN PASSWORD 'weak'")
        connection.execute("GRANT SELECT ON labdock_account TO weak")
    before = content(tmp_path / "one")
    weak = machine(tmp_path / "one", database_url=url.replace("labdock:lab-secret", "weak:weak"))
    try:
        with pytest.raises(BackupError, match="psql failed") as caught:
            bring_back(weak, backup)
        assert "weak:weak" not in str(caught.value)
        assert content(tmp_path / "one") == before
        with psycopg.connect(url) as connection:
            names = connection.execute("SELECT name FROM labdock_account").fetchall()
        assert names == [("kim",), ("lee",)]
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP OWNED BY weak")
            connection.execute("DROP ROLE weak")


def test_a_missing_program_of_postgresql_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_state(tmp_path, "old")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(BackupError, match=r"pg_dump is not .* postgresql-client"):
        save(machine(tmp_path, database_url="postgresql://labdock:secret@127.0.0.1:1/lab"))


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    make_state(tmp_path, "old")
    with pytest.raises(BackupError, match="pg_dump failed") as caught:
        save(machine(tmp_path, database_url="postgresql://labdock:secret@127.0.0.1:1/lab"))
    assert "secret" not in str(caught.value)
    assert not list(tmp_path.glob(".state*"))


def test_all_parts_come_back_and_what_was_not_there_goes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    make_state(one, "new")
    (one / "policy.toml").write_text("[lease]\nwarn = '1h'\n")
    (one / "homes" / "kim").mkdir(parents=True)
    (one / "homes" / "kim" / "thesis").touch()
    os.chown(one / "secrets" / "labdock-kim--study", 1000, 990)
    settings = tmp_path / "settings"
    settings.write_text("WORKSPACE_PORT=8123\n")
    make_state(two, "old")
    (two / "stopped.json").write_text("{}")
    (two / "homes" / "lee").mkdir(parents=True)
    bring_back(machine(two), save(machine(one), settings_file=settings))
    assert word_in(two) == "new"
    assert (two / "secrets" / "labdock-kim--study").stat().st_uid == 1000
    found = content(two)
    assert found.pop(SETTINGS) == b"WORKSPACE_PORT=8123\n"
    expected = {name: text for name, text in content(one).items() if not name.startswith("homes")}
    del expected["hub/labdock.sqlite"], found["hub/labdock.sqlite"]
    assert found == expected
    assert [path.name for path in (two / "homes").iterdir()] == ["lee"]


def test_a_sqlite_file_that_the_settings_name_comes_along(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for root, word in ((one, "new"), (two, "old")):
        make_state(root, word)
        (root / "databases").mkdir()
        shutil.move(root / "hub" / "labdock.sqlite", root / "databases" / "lab.sqlite")
    saved = save(machine(one, database_url=f"sqlite:///{one}/databases/lab.sqlite"))
    bring_back(machine(two, database_url=f"sqlite:///{two}/databases/lab.sqlite"), saved)
    with closing(sqlite3.connect(two / "databases" / "lab.sqlite")) as database:
        assert database.execute("SELECT word FROM t").fetchone() == ("new",)
    with pytest.raises(InvalidSettingError, match="not under the data root"):
        save(machine(one, database_url=f"sqlite:///{tmp_path}/elsewhere.sqlite"))


def test_a_database_in_use_is_copied_whole(tmp_path: Path) -> None:
    """With a journal of changes that are not in the file yet."""
    make_state(tmp_path / "one", "old")
    with closing(sqlite3.connect(tmp_path / "one" / "hub" / "labdock.sqlite")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("UPDATE t SET word = 'written'")
        database.commit()
        saved = save(machine(tmp_path / "one"))
    bring_back(machine(tmp_path / "two"), saved)
    assert word_in(tmp_path / "two") == "written"
    assert sorted(path.name for path in (tmp_path / "two" / "hub").iterdir()) == [
        "cookie-secret",
        "labdock.sqlite",
    ]


def test_it_is_refused_while_the_stack_is_up(tmp_path: Path) -> None:
    make_state(tmp_path, "old")
    host = machine(tmp_path)
    backup = save(host)
    assert isinstance(host.engine, FakeEngine)
    host.engine.add_image("labdock/hub", config={"Cmd": ["sleep"]})
    made = host.engine.create(ContainerRequest(name="labdock-proxy", image="labdock/hub"))
    host.engine.start(made)
    with pytest.raises(ConflictError, match="workspace down"):
        bring_back(host, backup)
    host.engine.remove(made, force=True)
    bring_back(host, backup)


def test_another_kind_of_database_or_none_is_told(tmp_path: Path) -> None:
    make_state(tmp_path / "one", "old")
    backup = save(machine(tmp_path / "one"))
    host = machine(tmp_path / "two", database_url="postgresql://labdock:secret@127.0.0.1:1/lab")
    with pytest.raises(BackupError, match="sqlite database, and the settings name a postgresql"):
        bring_back(host, backup)
    with pytest.raises(SetupError, match="no state"):
        save(machine(tmp_path / "three"))


def test_a_damaged_backup_leaves_the_state_as_it_was(tmp_path: Path) -> None:
    make_state(tmp_path / "one", "new")
    make_state(tmp_path / "two", "old")
    backup, before = save(machine(tmp_path / "one")), content(tmp_path / "two")
    for end in range(0, len(backup), max(1, len(backup) // 30)):
        with pytest.raises(BackupError):
            bring_back(machine(tmp_path / "two"), backup[:end])
        assert content(tmp_path / "two") == before


_STEPS = ("rename", "mkdir", "unlink", "rmdir", "open", "pwrite", "fchown", "fchmod", "utime")


def _dying_at(step: int, end: Callable[[], object], patch: pytest.MonkeyPatch) -> None:
    end_at_step(patch.setattr, [(os, name) for name in _STEPS], step, end)


def test_killed_at_any_step_the_state_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    """A child process dies at its first, second, third … system call, without any clean-up."""
    make_state(tmp_path / "new", "new")
    (tmp_path / "new" / "policy.toml").write_text("")
    backup, root = save(machine(tmp_path / "new")), tmp_path / "two"
    outcomes = set()
    ended = steps = 0
    while ended == 0:
        steps += 1
        shutil.rmtree(root, ignore_errors=True)
        make_state(root, "old")
        (root / "stopped.json").touch()
        child = os.fork()
        if child == 0:
            with pytest.MonkeyPatch.context() as patch:
                _dying_at(steps, lambda: os._exit(0), patch)
                try:
                    bring_back(machine(root), backup)
                finally:
                    os._exit(1)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        restore_state.settle(machine(root).settings)  # what the next `up` does first
        word = word_in(root)
        outcomes.add(word)
        whole = {text for name, text in content(root).items() if name.endswith(("t", "n", ".json"))}
        assert whole - {b""} == {word.encode()}, f"after {steps} steps"
        assert (root / "stopped.json").exists() is (word == "old")
        assert (root / "policy.toml").exists() is (word == "new")
        assert not list(root.glob(".state*"))
    assert outcomes == {"old", "new"}
    assert steps > 30


def test_interrupted_it_takes_itself_back(tmp_path: Path) -> None:
    make_state(tmp_path / "new", "new")
    make_state(tmp_path / "two", "old")
    backup, before = save(machine(tmp_path / "new")), content(tmp_path / "two")

    def interrupt() -> None:
        raise KeyboardInterrupt

    calls = 0
    while True:
        calls += 1
        with pytest.MonkeyPatch.context() as patch:
            _dying_at(calls, interrupt, patch)
            try:
                bring_back(machine(tmp_path / "two"), backup)
            except KeyboardInterrupt:
                if word_in(tmp_path / "two") == "new":
                    break  # it was over but for the cleaning up
            else:
                break
        assert content(tmp_path / "two") == before, f"at call {calls}"
    assert calls > 30
    assert word_in(tmp_path / "two") == "new"


def test_the_settings_decide_which_database(tmp_path: Path) -> None:
    settings = Settings(root=tmp_path)
    assert state_databases.kind(settings) == "sqlite"
    assert state_databases.sqlite_file(settings) is None
    named = replace(settings, database_url=f"sqlite:///{tmp_path}/hub/x.sqlite")
    assert state_databases.sqlite_file(named) == tmp_path / "hub" / "x.sqlite"
    assert state_databases.kind(replace(settings, database_url="postgresql://x")) == "postgresql"
