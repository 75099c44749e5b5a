"""Secrets of a workspace: a folder that its container mounts and nobody else reads."""

from __future__ import annotations

import errno
import json
import os
import secrets as random
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from workspace_cli.core.arguments import MEMBER_GID, MEMBER_UID
from workspace_cli.core.errors import DiskFullError, InvalidOptionError, SetupError
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.settings import Settings

FILE = "environment.json"
AUTH_USER = "WORKSPACE_AUTH_USER"
AUTH_PASSWORD = "WORKSPACE_AUTH_PASSWORD"  # noqa: S105 - a variable's name
AUTH = (AUTH_USER, AUTH_PASSWORD)
SAFE_MODE = "LABDOCK_SAFE_MODE"
"""No secret, but told in the same file: why the server starts in safe mode."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PASSWORD_LENGTH = 14


def write(settings: Settings, container_name: str, values: Mapping[str, str]) -> bool:
    """Write a workspace's secrets, whole or not at all; tell whether the folder is new.

    Raises SetupError where the data root cannot be written, DiskFullError.
    """
    folder = settings.secrets / container_name
    try:
        settings.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = not folder.exists()
        folder.mkdir(mode=0o700, exist_ok=True)
        _write_file(folder / FILE, json.dumps(dict(values)))
        if settings.profile == "hardened":
            # There the container has no root that could read them.
            os.chown(folder, MEMBER_UID, MEMBER_GID)
            os.chown(folder / FILE, MEMBER_UID, MEMBER_GID)
    except OSError as exc:
        raise unwritable(folder, exc) from exc
    return made


def read(settings: Settings, container_name: str) -> dict[str, str]:
    """Return a workspace's secrets; empty where it has none."""
    values = _read(settings, container_name)
    return {name: value for name, value in values.items() if name != SAFE_MODE}


def safe_mode(settings: Settings, container_name: str) -> str:
    """Return why a workspace's last start was told to be safe; '' where it was not."""
    return _read(settings, container_name).get(SAFE_MODE, "")


def _read(settings: Settings, container_name: str) -> dict[str, str]:
    try:
        text = (settings.secrets / container_name / FILE).read_text(encoding="utf-8")
        values = json.loads(text)
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def remove(settings: Settings, container_name: str) -> None:
    """Remove a workspace's secrets; nothing happens where there are none."""
    shutil.rmtree(settings.secrets / container_name, ignore_errors=True)


def remove_orphans(settings: Settings, containers: Collection[str]) -> None:
    """Remove the secrets of containers that are gone (under the lock: both are made there)."""
    for folder in settings.secrets.glob("*"):
        if folder.name not in containers:
            shutil.rmtree(folder, ignore_errors=True)


def with_credentials(spec: WorkspaceSpec) -> WorkspaceSpec:
    """Return a standalone spec whose secrets hold a name and a password.

    What its variables say is taken, else what its secrets say, else the owner's
    name and a generated password.  A hub's spec stays as it is.
    """
    if spec.kind == "hub":
        return spec
    given = {name: spec.environment[name] for name in AUTH if name in spec.environment}
    known = {AUTH_USER: spec.owner, **spec.secrets, **given}
    if AUTH_PASSWORD not in known:
        known[AUTH_PASSWORD] = generate_password()
    for name in AUTH:
        if not known[name]:
            raise InvalidOptionError(f"{name} is empty.", "Give a value, or leave it out.")
    return replace(spec, secrets=known)


def without_credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables less name and password, which no container's configuration may hold."""
    return {name: value for name, value in environment.items() if name not in AUTH}


def generate_password() -> str:
    """Return a password of 80 bits without letters that look alike."""
    return "".join(random.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))


def unwritable(path: Path, exc: OSError) -> SetupError | DiskFullError:
    """Return the error for a path under the data root that cannot be written."""
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"The disk is full: {path} cannot be written.", "Free some space.")
    return SetupError(
        f"{path} cannot be written: {exc.strerror or exc}.",
        "Run the command as root, and see WORKSPACE_ROOT.",
    )


def _write_file(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone from its first byte.

    On a full disk what is there is written over: its room is its own already, and a
    workspace whose owner wants to clean up must still start.
    """
    try:
        _replace_file(path, text)
    except OSError as exc:
        if exc.errno not in (errno.ENOSPC, errno.EDQUOT) or not path.is_file():
            raise
        with path.open("r+", encoding="utf-8") as file:
            file.write(text)
            file.truncate()


def _replace_file(path: Path, text: str) -> None:
    temporary = path.with_suffix(".new")
    with suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
