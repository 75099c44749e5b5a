"""The accounts' store, over SQLite and over a real PostgreSQL server."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts import AccountStore, check_name, first_admin, normalize_name
from tests.hub.postgresql import PostgreSQL
from workspace_cli.core.database import database_url
from workspace_cli.core.errors import (
    ConflictError,
    InvalidNameError,
    InvalidOptionError,
    NameTakenError,
    SetupError,
    UserNotFoundError,
)
from workspace_cli.core.migrations import VERSIONS
from workspace_cli.core.settings import Settings

PASSWORD = "correct horse battery"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'labdock.sqlite'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    plain = server.new_database()
    return database_url(Settings(database_url=plain), "labdock.sqlite")


@pytest.fixture
def store(url: str) -> Iterator[AccountStore]:
    store = AccountStore(url)
    store.migrate()
    yield store
    store.close()


def execute(url: str, statement: str) -> list[object]:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(sqlalchemy.text(statement))
        rows: list[object] = list(result) if result.returns_rows else []
    engine.dispose()
    return rows


def test_an_account_logs_in_with_its_password_alone(store: AccountStore) -> None:
    store.add("kim", PASSWORD)
    account = store.verify("kim", PASSWORD)
    assert account is not None
    assert (account.name, account.state, account.admin) == ("kim", "active", False)
    assert store.verify("kim", PASSWORD + "x") is None
    assert store.verify("lee", PASSWORD) is None


def test_names_are_one_however_they_are_written(store: AccountStore) -> None:
    decomposed = "\u1100\u1175\u11b7"  # 김 as separate letters
    store.add(decomposed, PASSWORD)
    assert [account.name for account in store.all()] == ["김"]
    with pytest.raises(NameTakenError):
        store.add("김", PASSWORD)
    store.add("Kim", PASSWORD)
    assert store.verify("KIM", PASSWORD) is not None


def test_an_inactive_account_does_not_log_in(store: AccountStore) -> None:
    store.add("kim", PASSWORD, state="pending")
    assert store.verify("kim", PASSWORD) is None
    store.set_state("kim", "active")
    assert store.verify("kim", PASSWORD) is not None
    store.set_state("kim", "disabled")
    assert store.verify("kim", PASSWORD) is None
    with pytest.raises(InvalidOptionError):
        store.set_state("kim", "asleep")


def test_a_changed_password_replaces_the_old_one(store: AccountStore) -> None:
    before = store.add("kim", PASSWORD)
    after = store.set_password("kim", "another long one")
    assert after.password_changed >= before.password_changed
    assert store.verify("kim", PASSWORD) is None
    assert store.verify("kim", "another long one") is not None


def test_what_is_not_there_is_not_found(store: AccountStore) -> None:
    for act in (
        lambda: store.get("nobody"),
        lambda: store.set_password("nobody", PASSWORD),
        lambda: store.set_state("nobody", "disabled"),
        lambda: store.remove("nobody"),
    ):
        with pytest.raises(UserNotFoundError):
            act()


def test_the_last_admin_stays(store: AccountStore) -> None:
    store.add("admin", PASSWORD, admin=True)
    for act in (
        lambda: store.remove("admin"),
        lambda: store.set_state("admin", "disabled"),
        lambda: store.set_admin("admin", False),
    ):
        with pytest.raises(ConflictError):
            act()
    store.add("kim", PASSWORD, admin=True)
    store.remove("admin")
    assert [account.name for account in store.all()] == ["kim"]


def test_no_password_is_in_the_database(store: AccountStore, url: str) -> None:
    store.add("kim", PASSWORD)
    rows = execute(url, "SELECT * FROM labdock_account")
    assert len(rows) == 1
    assert PASSWORD not in repr(rows)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(store: AccountStore) -> None:
    store.add("kim", PASSWORD)
    store.verify("warm-up", PASSWORD)

    def fastest(name: str) -> float:
        times = []
        for _ in range(3):
            begun = time.process_time()
            store.verify(name, "wrong password")
            times.append(time.process_time() - begun)
        return min(times)

    assert 0.7 < fastest("nobody") / fastest("kim") < 1.4


def test_migrating_again_changes_nothing(store: AccountStore) -> None:
    store.add("kim", PASSWORD)
    assert store.migrate() == len(VERSIONS)
    assert [account.name for account in store.all()] == ["kim"]


def test_several_that_migrate_at_once_take_turns(url: str) -> None:
    failures: list[BaseException] = []

    def migrate() -> None:
        store = AccountStore(url)
        try:
            store.migrate()
        except BaseException as exc:  # noqa: BLE001 - reported by the test
            failures.append(exc)
        finally:
            store.close()

    threads = [threading.Thread(target=migrate) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_of_a_newer_labdock_is_left_alone(store: AccountStore, url: str) -> None:
    execute(url, "UPDATE labdock_version SET version = 99")
    with pytest.raises(SetupError, match="newer Labdock"):
        store.migrate()


def test_the_first_admin_is_made_once_from_the_password_file(
    store: AccountStore, tmp_path: Path
) -> None:
    file = tmp_path / "admin-password"
    file.write_text("from the file\n")
    settings = Settings(admin="boss")
    admin = first_admin(store, settings, file)
    assert admin is not None
    assert (admin.name, admin.admin) == ("boss", True)
    assert store.verify("boss", "from the file") is not None

    file.write_text("changed later\n")
    assert first_admin(store, replace(settings, admin="other"), file) is None
    assert [account.name for account in store.all()] == ["boss"]


@pytest.mark.parametrize("name", ["foo.bar", "foo-bar", "김철수", "kim@lab", "a" * 64, "Ünal", "7"])
def test_usual_names_are_accepted(name: str) -> None:
    assert check_name(name) == normalize_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "a b",
        "a!user=b",
        "a=b",
        "a'b",
        "a" * 65,
        "-x",
        "a\n",
        " a",
        "a\0",
        None,
    ],
)
def test_names_that_mean_something_elsewhere_are_refused(name: object) -> None:
    with pytest.raises(InvalidNameError):
        check_name(name)


@given(st.one_of(st.text(), st.none(), st.integers()))
def test_any_name_is_accepted_as_it_stays_or_refused_in_words(name: object) -> None:
    with suppress(InvalidNameError):
        accepted = check_name(name)
        assert check_name(accepted) == accepted


def test_the_database_is_a_file_of_the_hubs_own_by_default(tmp_path: Path) -> None:
    settings = Settings(root=tmp_path)
    assert database_url(settings, "labdock.sqlite") == f"sqlite:///{tmp_path}/hub/labdock.sqlite"
    given_url = replace(settings, database_url="postgresql://u:p@db/lab")
    assert database_url(given_url, "labdock.sqlite") == "postgresql+psycopg://u:p@db/lab"


def test_a_writer_waits_for_another(tmp_path: Path) -> None:
    path = tmp_path / "labdock.sqlite"
    store = AccountStore(f"sqlite:///{path}")
    store.migrate()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    release.start()
    store.add("kim", PASSWORD)
    release.join()
    other.close()
    assert store.find("kim") is not None
    store.close()
