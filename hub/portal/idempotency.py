"""Keys that make sending again safe: the same key is answered as it was the first time.

Kept in the lab's database for a day, so that a portal that was started anew has forgotten
nothing.  Only what was done is kept: what was refused or has failed may be sent again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Header
from sqlalchemy import text

from hub.portal.callers import Caller
from workspace_cli.core.errors import BusyError, ConflictError, TooOftenError
from workspace_cli.core.host import Host

KEPT_SECONDS = 24 * 3600.0
MOST = 5000
"""Keys of one member that are kept at a time."""
SWEEP_SECONDS = 600.0
HEADER = "Idempotency-Key"
PATTERN = r"^[!-~]{1,128}$"
WORDS = "A word of your own: the same request with the same one is done once within a day."
Key = Annotated[str | None, Header(alias=HEADER, pattern=PATTERN, description=WORDS)]
"""For a route that keeps the key itself, too; the others need not name it (``once.py``)."""
SECRETS = frozenset({"token", "password", "link"})
"""Fields of an answer that are told once and never kept."""


@dataclass(frozen=True)
class Kept:
    """An answer that was given; ``headers`` are those that belong to its contents."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


class Keys:
    """Knows which keys were used for what, and the answers; safe in several threads.

    ``secret`` keeps whoever has a copy of the database from trying out what was asked.
    """

    def __init__(self, host: Host, secret: bytes) -> None:
        self._host = host
        self._key = hashlib.sha256(b"labdock-portal-requests:" + secret).digest()
        self._process = secrets.token_hex(16)
        self._swept = float("-inf")

    def digest(self, who: Caller, *asked: bytes) -> str:
        """Return what stands for a request, and for the rights that it was made with."""
        rights = ",".join(sorted(who.scopes)).encode()
        parts = (hashlib.sha256(one).digest() for one in (rights, *asked))
        return hmac.new(self._key, b"".join(parts), hashlib.sha256).hexdigest()

    def begin(self, who: str, key: str, digest: str) -> Kept | None:
        """Return the answer that a request had; None where it is to be carried out now.

        Raises ConflictError where the key was used for something else or nobody knows how it
        ended, BusyError while the first request with it is under way, TooOftenError.
        """
        now = self._host.clock()
        row = {"who": who, "key": key, "digest": digest, "process": self._process, "now": now}
        with self._host.database.begin() as connection:
            self._sweep(connection, now)
            connection.execute(_FORGET_OLD, {**row, "old": now - KEPT_SECONDS})
            if connection.execute(_BEGIN, row).rowcount:
                if connection.execute(_COUNT, row).scalar() > MOST:
                    raise TooOftenError(
                        f"More than {MOST} keys of yours were used within a day.",
                        "Send without a key, or wait.",
                        seconds=3600,
                    )
                return None
            found = connection.execute(_FIND, row).one()
        if found.digest != digest:
            raise ConflictError(
                "This idempotency key was used for something else.",
                "Send each request with a key of its own.",
            )
        if found.status is not None:
            return Kept(found.status, json.loads(found.headers_json), found.body)
        if found.process == self._process:
            raise BusyError("The first request with this key is under way.", "Wait, then look.")
        raise ConflictError(
            "The portal was stopped while the first request with this key was under way.",
            "See whether it was done; send it with another key if it was not.",
        )

    def end(self, who: str, key: str, answer: Kept) -> None:
        """Keep the answer to a request that was carried out."""
        row = {
            "who": who,
            "key": key,
            "status": answer.status,
            "headers": json.dumps(dict(answer.headers)),
            "body": without_secrets(answer.body),
        }
        with self._host.database.begin() as connection:
            connection.execute(_END, row)

    def forget(self, who: str, key: str) -> None:
        """Let a request that was not carried out be sent again with its key."""
        with self._host.database.begin() as connection:
            connection.execute(_FORGET, {"who": who, "key": key})

    def _sweep(self, connection: Any, now: float) -> None:
        if now - self._swept < SWEEP_SECONDS:
            return
        self._swept = now
        connection.execute(_SWEEP, {"old": now - KEPT_SECONDS})


def without_secrets(body: str) -> str:
    """Return an answer without what it tells once.

    >>> without_secrets('{"name": "kim", "password": "hush"}')
    '{"name": "kim", "password": null}'
    """
    try:
        found = json.loads(body)
    except ValueError:
        return body
    if not isinstance(found, dict) or not SECRETS & set(found):
        return body
    return json.dumps({name: None if name in SECRETS else found[name] for name in found})


_FORGET_OLD = text(
    "DELETE FROM labdock_answer WHERE who = :who AND request_key = :key AND began < :old"
)
_BEGIN = text(
    "INSERT INTO labdock_answer (who, request_key, digest, process, began, headers_json, body) "
    "VALUES (:who, :key, :digest, :process, :now, '{}', '') "
    "ON CONFLICT (who, request_key) DO NOTHING"
)
_COUNT = text("SELECT COUNT(*) FROM labdock_answer WHERE who = :who")
_FIND = text(
    "SELECT digest, process, status, headers_json, body FROM labdock_answer "
    "WHERE who = :who AND request_key = :key"
)
_END = text(
    "UPDATE labdock_answer SET status = :status, headers_json = :headers, body = :body "
    "WHERE who = :who AND request_key = :key"
)
_FORGET = text(
    "DELETE FROM labdock_answer WHERE who = :who AND request_key = :key AND status IS NULL"
)
_SWEEP = text("DELETE FROM labdock_answer WHERE began < :old")
