"""A second factor: one-time codes of an app (TOTP), and recovery codes on paper.

RFC 6238 with SHA-1, six digits and steps of thirty seconds, which is what every
app speaks.  A code is good once; one step before and after is taken too, for
clocks that differ.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import segno
from sqlalchemy import text

from workspace_cli.core.database import Database
from workspace_cli.core.errors import InvalidOptionError

STEP = 30
DIGITS = 6
SECRET_BYTES = 20
RECOVERY_CODES = 10


@dataclass(frozen=True)
class Factor:
    """What is known of a member's second factor, without its secret."""

    confirmed: bool
    recovery_left: int


def code_at(secret: str, step: int) -> str:
    """Return the code of one time step (seconds since the epoch // 30).

    >>> code_at(base64.b32encode(b"12345678901234567890").decode(), 59 // 30)
    '287082'
    """
    key = base64.b32decode(secret)
    mac = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def address_of(secret: str, name: str) -> str:
    """Return what an app reads out of the picture."""
    label = quote(f"Labdock:{name}", safe=":")
    query = urlencode({"secret": secret, "issuer": "Labdock", "digits": DIGITS, "period": STEP})
    return f"otpauth://totp/{label}?{query}"


def picture(secret: str, name: str) -> str:
    """Return the QR code as a ``data:`` address of an SVG."""
    made = segno.make(address_of(secret, name), error="m", micro=False)
    # Dark on light also where the page is dark: many apps read nothing else.
    uri: str = made.svg_data_uri(scale=5, border=3, light="#fff")
    return uri


class SecondFactors:
    """The second factors in one database; the calls block."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def __deepcopy__(self, memo: dict[int, object]) -> SecondFactors:
        # traitlets copies what a configuration holds; a connection pool has no copy.
        return self

    def find(self, name: str) -> Factor | None:
        """Return a member's second factor, None where there is none in use."""
        row = self._row(name)
        if row is None or not row.confirmed:
            return None
        return Factor(True, len(json.loads(row.recovery_json)))

    def names(self) -> set[str]:
        """Return who has a second factor in use."""
        with self._database.connect() as connection:
            rows = connection.execute(
                text("SELECT name FROM labdock_second_factor WHERE confirmed = :yes"),
                {"yes": True},
            )
            return {row.name for row in rows}

    def begin(self, name: str) -> str:
        """Return the secret that is to be set up; the same until a code of it was right."""
        row = self._row(name)
        if row is not None and row.confirmed:
            raise InvalidOptionError(
                "A second factor is in use already.", "Turn it off first to set up another."
            )
        if row is not None:
            return str(row.secret)
        secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
        with self._database.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO labdock_second_factor "
                    "(name, secret, confirmed, last_step, recovery_json, created) "
                    "VALUES (:name, :secret, :no, 0, '[]', :now) ON CONFLICT (name) DO NOTHING"
                ),
                {"name": name, "secret": secret, "no": False, "now": self._clock()},
            )
        # Somebody with two windows open sets up whichever came first.
        return str(self._row(name).secret)

    def confirm(self, name: str, code: str) -> list[str]:
        """Put the factor to use where the code is right; return the recovery codes, once.

        InvalidOptionError where it is not.
        """
        row = self._row(name)
        step = None if row is None or row.confirmed else self._step(row.secret, code, 0)
        if step is None:
            raise InvalidOptionError(
                "The code is not right.", "Check the clock of your device and try the next code."
            )
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        with self._database.begin() as connection:
            connection.execute(
                text(
                    "UPDATE labdock_second_factor SET confirmed = :yes, last_step = :step, "
                    "recovery_json = :codes WHERE name = :name"
                ),
                {
                    "yes": True,
                    "step": step,
                    "codes": json.dumps([_hash(code) for code in codes]),
                    "name": name,
                },
            )
        return codes

    def verify(self, name: str, code: str) -> bool:
        """Tell whether a code, or a recovery code, is right; each is good once."""
        row = self._row(name)
        if row is None or not row.confirmed:
            return False
        step = self._step(row.secret, code, row.last_step)
        if step is not None:
            return self._use(name, "last_step", step, row.last_step)
        left = json.loads(row.recovery_json)
        if _hash(code) not in left:
            return False
        rest = json.dumps([one for one in left if one != _hash(code)])
        return self._use(name, "recovery_json", rest, row.recovery_json)

    def remove(self, name: str) -> bool:
        """Turn a second factor off; tell whether there was one."""
        with self._database.begin() as connection:
            gone = connection.execute(
                text("DELETE FROM labdock_second_factor WHERE name = :name"), {"name": name}
            )
            return bool(gone.rowcount)

    def _step(self, secret: str, code: str, after: int) -> int | None:
        """Return the time step whose code this is, later than the last one used."""
        now = int(self._clock()) // STEP
        given = "".join(code.split())
        for step in (now, now - 1, now + 1):
            if step > after and hmac.compare_digest(code_at(secret, step), _ascii(given)):
                return step
        return None

    def _use(self, name: str, column: str, value: object, before: object) -> bool:
        # Of two requests with one code, only the first finds what it read.
        with self._database.begin() as connection:
            changed = connection.execute(
                text(
                    f"UPDATE labdock_second_factor SET {column} = :value "  # noqa: S608 - ours
                    f"WHERE name = :name AND {column} = :before"
                ),
                {"value": value, "name": name, "before": before},
            )
            return bool(changed.rowcount)

    def _row(self, name: str) -> Any:
        with self._database.connect() as connection:
            return connection.execute(
                text("SELECT * FROM labdock_second_factor WHERE name = :name"), {"name": name}
            ).one_or_none()


def _recovery_code() -> str:
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    raw = "".join(secrets.choice(letters) for _ in range(12))
    return "-".join((raw[:4], raw[4:8], raw[8:]))


def _hash(code: str) -> str:
    """59 bits of chance need no slow hash."""
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()


def _ascii(code: str) -> str:
    return code.encode("ascii", "replace").decode()
