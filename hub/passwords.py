"""Passwords: what is accepted, and how it is kept.

scrypt with the parameters that the OWASP Password Storage Cheat Sheet gives
(N = 2^15, r = 8, p = 3: 32 MiB and about a quarter of a second).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

from hub.common_passwords import COMMON
from workspace_cli.core.errors import InvalidOptionError

SHORTEST = 8
LONGEST = 256
_LOG2_N, _R, _P = 15, 8, 3
_SALT_BYTES = 16


def check_password(password: object, name: str) -> str:
    """Return the password, or raise InvalidOptionError where it is too easy or no text."""
    if not isinstance(password, str):
        raise InvalidOptionError("A password is a text.", "Give one in quotes.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidOptionError(
            f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}.",
            "Choose another one; a few unrelated words are easy to remember.",
        )
    if name.casefold() in password.casefold() and len(password) < len(name) + SHORTEST:
        raise InvalidOptionError(
            "The password is hardly more than the name.", "Choose one without the name in it."
        )
    if len(set(password)) < 4:
        raise InvalidOptionError(
            "The password repeats the same few characters.", "Choose a less regular one."
        )
    if password.casefold() in COMMON:
        raise InvalidOptionError(
            "The password is one of those that everybody tries first.",
            "Choose another one; a few unrelated words are easy to remember.",
        )
    return password


def new_password() -> str:
    """Return a random password of 96 bits that can be typed."""
    return secrets.token_urlsafe(12)


def hash_password(password: str) -> str:
    """Return ``scrypt$log2(N)$r$p$salt$key`` with a fresh salt."""
    salt = secrets.token_bytes(_SALT_BYTES)
    key = _scrypt(password, salt, _LOG2_N, _R, _P)
    return f"scrypt${_LOG2_N}${_R}${_P}${_encode(salt)}${_encode(key)}"


def verify_password(password: str, kept: str) -> bool:
    """Tell whether a password is the one that was kept; takes the same time either way."""
    _, log2_n, r, p, salt, key = kept.split("$")
    tried = _scrypt(password, base64.b64decode(salt), int(log2_n), int(r), int(p))
    return hmac.compare_digest(tried, base64.b64decode(key))


@cache
def nobodys_hash() -> str:
    """Return a hash that no password fits, for names without an account."""
    return hash_password(secrets.token_urlsafe(32))


def _scrypt(password: str, salt: bytes, log2_n: int, r: int, p: int) -> bytes:
    # surrogatepass: a lone surrogate in a JSON body is a wrong password, not a crash.
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=2**log2_n,
        r=r,
        p=p,
        maxmem=2 * 128 * r * 2**log2_n,
        dklen=32,
    )


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
