"""Who may log in: the accounts that an admin makes, kept in the lab's database."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import sqlalchemy
from sqlalchemy import Boolean, Column, Connection, Double, Engine, MetaData, String, Table
from sqlalchemy.exc import IntegrityError

from hub.passwords import check_password, hash_password, nobodys_hash, verify_password
from hub.portal import submissions
from workspace_cli.core import notices, profile_rows, sharing
from workspace_cli.core.database import Database
from workspace_cli.core.errors import (
    ConflictError,
    InvalidNameError,
    InvalidOptionError,
    NameTakenError,
    UserNotFoundError,
)
from workspace_cli.core.naming import check_account
from workspace_cli.core.settings import Settings

NO_PASSWORD = "-"  # noqa: S105 - it is none
"""What is kept where somebody logs in elsewhere; no password hashes to it."""
_OF_A_NAME = (
    "labdock_password_reset",
    "labdock_second_factor",
    "labdock_session",
    "labdock_opening",
    "labdock_member",
)
"""Tables whose rows go with an account, by its ``name``."""

AccountState = Literal["active", "pending", "disabled"]
"""``pending`` waits for an admin's approval; only ``active`` accounts log in."""

_ACCOUNTS = Table(
    "labdock_account",
    MetaData(),
    Column("name", String(64), primary_key=True),
    Column("password", String(255)),
    Column("state", String(16)),
    Column("admin", Boolean),
    Column("created", Double),
    Column("password_changed", Double),
    Column("about", String(200)),
    Column("must_change", Boolean),
    Column("outside", String(255)),
)


@dataclass(frozen=True)
class Account:
    """One account without its password; times in seconds since the epoch."""

    name: str
    state: AccountState
    admin: bool
    created: float
    password_changed: float
    about: str = ""
    """What somebody who signed up wrote to the admin."""
    must_change: bool = False
    """Whether the password only serves to choose another one."""
    outside: str | None = None
    """Who it is at the lab's outside login, for an account without a password of its own."""

    @property
    def active(self) -> bool:
        """Whether the account may log in."""
        return self.state == "active"


class AccountStore:
    """The accounts in one database.

    The calls block.  Safe to use from several threads.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self.database = Database(url)
        self._clock = clock

    def __deepcopy__(self, memo: dict[int, object]) -> AccountStore:
        # traitlets copies what a configuration holds; a connection pool has no copy.
        return self

    @property
    def _engine(self) -> Engine:
        return self.database.engine

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    def migrate(self) -> int:
        """Make or update the tables; return their version."""
        return self.database.migrate()

    def all(self) -> list[Account]:
        """List the accounts by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(sqlalchemy.select(_ACCOUNTS).order_by(_ACCOUNTS.c.name))
            return [_account(row) for row in rows]

    def find(self, name: str) -> Account | None:
        """Return an account, or None where there is none."""
        row = self._row(name)
        return None if row is None else _account(row)

    def get(self, name: str) -> Account:
        """Return an account; UserNotFoundError where there is none."""
        account = self.find(name)
        if account is None:
            raise _unknown(name)
        return account

    def add(
        self,
        name: str,
        password: str | None,
        *,
        admin: bool = False,
        state: str = "active",
        about: str = "",
        outside: str | None = None,
        within: Callable[[Connection], object] | None = None,
    ) -> Account:
        """Make an account; NameTakenError, InvalidNameError, InvalidOptionError.

        Without a password nobody logs in with one.  ``within`` runs in the same
        transaction, so that both happen or neither.
        """
        name = check_name(name)
        if password is not None:
            check_password(password, name)
        now = self._clock()
        account = Account(name, _check_state(state), admin, now, now, about[:200], False, outside)
        kept = NO_PASSWORD if password is None else hash_password(password)
        row = {**vars(account), "password": kept}
        try:
            with self._engine.begin() as connection:
                connection.execute(_ACCOUNTS.insert().values(row))
                if within is not None:
                    within(connection)
        except IntegrityError as exc:
            raise NameTakenError(
                f"There is an account {name!r} already.", "Choose another name."
            ) from exc
        return account

    def set_password(self, name: str, password: str, *, must_change: bool = False) -> Account:
        """Change a password; UserNotFoundError, InvalidOptionError.

        With ``must_change`` it only serves to choose another one.
        """
        check_password(password, normalize_name(name))
        changed = {
            "password": hash_password(password),
            "password_changed": self._clock(),
            "must_change": must_change,
        }
        return self._change(name, changed)

    def set_state(self, name: str, state: str) -> Account:
        """Approve, disable or enable an account; the last active admin stays (ConflictError)."""
        active = _check_state(state) == "active"
        return self._change(name, {"state": state}, takes_admin=not active)

    def set_admin(self, name: str, admin: bool) -> Account:
        """Make an account an admin's, or no longer; the last active admin stays."""
        return self._change(name, {"admin": admin}, takes_admin=not admin)

    def remove(self, name: str) -> None:
        """Remove an account; UserNotFoundError; the last active admin stays (ConflictError)."""
        with self._engine.begin() as connection:
            _check_not_last_admin(connection, name)
            statement = _ACCOUNTS.delete().where(_ACCOUNTS.c.name == normalize_name(name))
            if not connection.execute(statement).rowcount:
                raise _unknown(name)
            # Whoever gets the name next must not inherit what was handed in.
            submissions.forget(connection, normalize_name(name))
            sharing.forget_member(connection, normalize_name(name))
            profile_rows.forget(connection, normalize_name(name))
            notices.forget_member(connection, normalize_name(name))
            for table in _OF_A_NAME:
                _forget(connection, table, name)

    def by_outside(self, identity: str) -> Account | None:
        """Return the account of somebody at the lab's outside login, None where there is none."""
        with self._engine.connect() as connection:
            statement = sqlalchemy.select(_ACCOUNTS).where(_ACCOUNTS.c.outside == identity)
            row = connection.execute(statement).one_or_none()
        return None if row is None else _account(row)

    def verify(self, name: str, password: str) -> Account | None:
        """Return the active account that name and password belong to."""
        account = self.check(name, password)
        return account if account is not None and account.active else None

    def check(self, name: str, password: str) -> Account | None:
        """Return the account that name and password belong to, whatever its state.

        An unknown name, a wrong password and an account without one take the same time.
        """
        row = self._row(name)
        known = row is not None and row.password != NO_PASSWORD
        fits = verify_password(password, row.password if known else nobodys_hash())
        return _account(row) if known and fits else None

    def _row(self, name: str) -> Any:
        with self._engine.connect() as connection:
            statement = sqlalchemy.select(_ACCOUNTS).where(_ACCOUNTS.c.name == normalize_name(name))
            return connection.execute(statement).one_or_none()

    def _change(
        self, name: str, values: dict[str, object], *, takes_admin: bool = False
    ) -> Account:
        with self._engine.begin() as connection:
            if takes_admin:
                _check_not_last_admin(connection, name)
            if "password" in values:
                # A link with which somebody could set another one is good no more.
                _forget(connection, "labdock_password_reset", name)
            where = _ACCOUNTS.c.name == normalize_name(name)
            if not connection.execute(_ACCOUNTS.update().where(where).values(values)).rowcount:
                raise _unknown(name)
        return self.get(name)


def _check_not_last_admin(connection: Connection, name: str) -> None:
    columns = _ACCOUNTS.c
    active = sqlalchemy.and_(columns.admin.is_(True), columns.state == "active")
    # Until the end of the transaction: two admins must not take it from each other at once.
    rows = connection.execute(sqlalchemy.select(columns.name).where(active).with_for_update())
    if {row.name for row in rows} == {normalize_name(name)}:
        raise ConflictError(
            f"{name!r} is the only admin left.", "Make another account an admin's first."
        )


def _forget(connection: Connection, table: str, name: str) -> None:
    connection.execute(
        sqlalchemy.text(f"DELETE FROM {table} WHERE name = :name"),  # noqa: S608 - one of ours
        {"name": normalize_name(name)},
    )


def normalize_name(name: str) -> str:
    """Return the one way in which a name is written: composed and in lower case.

    >>> normalize_name("Kim")
    'kim'
    """
    # A text with lone surrogates (a JSON body may hold them) names nobody in any database.
    printable = name.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", printable).lower())


def check_name(name: object) -> str:
    """Return the normalised name, or raise InvalidNameError where no account can have it."""
    if not isinstance(name, str):
        raise InvalidNameError("A user name is a text.", "Give a name.")
    name = normalize_name(name)
    check_account(name)
    return name


def _check_state(state: object) -> AccountState:
    for known in get_args(AccountState):
        if state == known:
            return cast("AccountState", known)
    raise InvalidOptionError(
        f"An account cannot be {state!r}.", f"Known: {', '.join(get_args(AccountState))}."
    )


def first_admin(store: AccountStore, settings: Settings, password_file: Path) -> Account | None:
    """Make the admin's account at the first start, while there is no account at all.

    The password is the setting's, else the file's that `workspace up` wrote.  A
    name alone makes nobody an admin: this account is made before anyone can ask.
    """
    if store.all():
        return None
    password = settings.admin_password or password_file.read_text(encoding="utf-8").strip()
    return store.add(settings.admin, password, admin=True)


def _account(row: Any) -> Account:
    return Account(
        row.name,
        row.state,
        row.admin,
        row.created,
        row.password_changed,
        row.about,
        row.must_change,
        row.outside,
    )


def _unknown(name: str) -> UserNotFoundError:
    return UserNotFoundError(
        f"There is no account {name!r}.", "`workspace users ls` lists the accounts."
    )
