"""The key that a lab signs its exported environments with, and how labs' keys are written.

Ed25519 (RFC 8032).  A public key is one line, ``labdock-lab BASE64 NAME``, which
``workspace lab-key`` prints and another lab's admin hands to ``workspace trust --key``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workspace_cli.core.errors import InvalidInputError, SetupError
from workspace_cli.core.references import shown
from workspace_cli.core.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE = "lab-key"
KIND = "labdock-lab"
_BYTES = 32
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_LONGEST_NAME = 64


@dataclass(frozen=True)
class PublicKey:
    """Another lab's key, or one's own, to check signatures with."""

    raw: bytes

    @property
    def fingerprint(self) -> str:
        """``SHA256:`` and the key's hash in base64, as ssh-keygen writes fingerprints."""
        digest = base64.b64encode(hashlib.sha256(self.raw).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Tell whether the key's owner has signed the content."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class LabKey:
    """The lab's own key."""

    secret: bytes

    @property
    def public(self) -> PublicKey:
        """What others check its signatures with."""
        return PublicKey(self._key().public_key().public_bytes_raw())

    def sign(self, content: bytes) -> bytes:
        """Return the signature of some content."""
        return bytes(self._key().sign(content))

    def line(self, name: str) -> str:
        """Write the public key for another lab's admin."""
        return f"{KIND} {base64.b64encode(self.public.raw).decode()} {name}"

    def _key(self) -> Ed25519PrivateKey:
        # Loaded where a key is used, for no other command needs it.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.secret)


def own_key(settings: Settings) -> LabKey:
    """Return the lab's key; the first call makes it.  Raises SetupError."""
    path = settings.hub_dir / FILE
    try:
        if not path.exists():
            _make(path)
        secret = base64.b64decode(path.read_bytes().strip(), validate=True)
    except OSError as exc:
        raise SetupError(
            f"The lab's key {path} cannot be read: {exc.strerror}.", "Run the command as root."
        ) from exc
    except binascii.Error as exc:
        raise _broken(path) from exc
    if len(secret) != _BYTES:
        raise _broken(path)
    return LabKey(secret)


def read_line(text: str) -> tuple[PublicKey, str]:
    """Read a public key and the name beside it.  Raises InvalidInputError."""
    words = text.split(maxsplit=2)
    try:
        raw = base64.b64decode(words[1], validate=True) if words[0] == KIND else b""
    except (IndexError, binascii.Error):
        raw = b""
    if len(raw) != _BYTES:
        raise InvalidInputError(
            "This is no key of a lab.",
            f"It is one line that begins with {KIND}; `workspace lab-key` prints it there.",
        )
    return PublicKey(raw), " ".join(words[2:]).strip()[:_LONGEST_NAME]


def check_fingerprint(text: str) -> str:
    """Return a fingerprint as it is kept.  Raises InvalidInputError."""
    if not _FINGERPRINT.fullmatch(text):
        raise InvalidInputError(
            f"{shown(text)} is neither a file nor a key's fingerprint.",
            "Give the file with the other lab's key, or SHA256: and 43 characters.",
        )
    return text


def _make(path: Path) -> None:
    """Write a new key whole or not at all; of two who make it at once, one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(_BYTES)) + b"\n")
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(part, path)
        except FileExistsError:
            return
    finally:
        part.unlink()


def _broken(path: Path) -> SetupError:
    return SetupError(
        f"{path} is no key.", "Put it back from a backup, or remove it: a new one is made."
    )
