"""The folders under the data root, the secrets in them, and the hub's settings file."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from workspace_cli.core import folders
from workspace_cli.core.errors import DiskFullError, SetupError
from workspace_cli.core.settings import Settings

TOKEN_BYTES = 32
PASSWORD_BYTES = 12
"""Of entropy: 16 characters, which nobody guesses and a person can type."""


def admin_password_file(settings: Settings) -> Path:
    """File with the admin's first password, root's alone."""
    return settings.hub_dir / "admin-password"


def proxy_folder(settings: Settings) -> Path:
    """Folder that the proxy's container sees: its token and, with TLS, its certificate."""
    return settings.root / "proxy"


def prepare(settings: Settings) -> None:
    """Make the folders and secrets that are missing and write the hub's settings.

    What exists keeps its owner and mode.  Raises SetupError or DiskFullError.
    """
    try:
        _make_folders(settings)
        _make_secrets(settings)
        _copy_certificate(settings)
        write_private(settings.hub_dir / ".env", hub_settings(settings))
    except OSError as exc:
        if exc.errno == 28:  # ENOSPC
            raise DiskFullError(
                f"The disk of {settings.root} is full.", "Free some space."
            ) from exc
        raise SetupError(
            f"The data root {settings.root} cannot be prepared: {exc.strerror} ({exc.filename}).",
            "Check the folder's owner and that its file system is mounted for writing.",
        ) from exc


def _make_folders(settings: Settings) -> None:
    private = 0o700
    # A member is root in a container and can leave a program there that runs as root for
    # whoever starts it. Nobody of the host may come that way; containers get their mounts anyway.
    _folder(settings.root, private)
    _folder(settings.homes, 0o711)
    _folder(settings.datasets, 0o755)
    if not settings.shared.exists():
        folders.make_shared(settings.shared)
    for folder in (settings.hub_dir, settings.secrets, proxy_folder(settings)):
        _folder(folder, private)
    # The portal's container is given this one file: it must be there before.
    if not settings.lock.exists():
        settings.lock.touch(mode=0o600)


def _folder(path: Path, mode: int) -> None:
    if path.is_dir():
        return
    path.mkdir(parents=True)
    os.chown(path, 0, 0)
    path.chmod(mode)


def _make_secrets(settings: Settings) -> None:
    password = settings.admin_password or secrets.token_urlsafe(PASSWORD_BYTES)
    _once(admin_password_file(settings), password)
    _once(settings.api_token, secrets.token_hex(TOKEN_BYTES))
    _once(settings.portal_token, secrets.token_hex(TOKEN_BYTES))
    _once(settings.hub_dir / "proxy-token", secrets.token_hex(TOKEN_BYTES))
    # The proxy sees a folder of its own, since the hub's holds the database.
    token = (settings.hub_dir / "proxy-token").read_text(encoding="utf-8")
    write_private(proxy_folder(settings) / "token", token)


def _once(path: Path, text: str) -> None:
    if not path.exists():
        write_private(path, text + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that only root reads, whole or not at all; the same text writes nothing."""
    with contextlib.suppress(FileNotFoundError):
        if path.read_text(encoding="utf-8") == text:
            return
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _copy_certificate(settings: Settings) -> None:
    """Copy the certificate and its key: they are often links into folders of other people's."""
    pairs = {"cert.pem": settings.tls_cert, "key.pem": settings.tls_key}
    for name, source in pairs.items():
        target = proxy_folder(settings) / name
        if source is None:
            target.unlink(missing_ok=True)
        else:
            write_private(target, source.read_text(encoding="utf-8"))


def hub_settings(settings: Settings) -> str:
    """Write the settings as the hub's container reads them, in the form of ``.env``."""
    low, high = settings.port_range
    folder = proxy_folder(settings)
    values: Mapping[str, object] = {
        "PORT": settings.port,
        "ROOT": settings.root,
        "ADMIN": settings.admin,
        "DATABASE_URL": settings.database_url or "",
        "PORT_RANGE": f"{low}-{high}",
        "GPU_BACKEND": settings.gpu_backend,
        "TLS_CERT": folder / "cert.pem" if settings.tls else "",
        "TLS_KEY": folder / "key.pem" if settings.tls else "",
        "BIND": settings.bind,
        "ADDRESS_POOL": settings.address_pool,
        "PROFILE": settings.profile,
        "TIMEZONE": settings.timezone,
        "URL": settings.url or "",
        "SUBDOMAINS": "on" if settings.subdomains else "off",
    }
    return "".join(f"WORKSPACE_{name}={value}\n" for name, value in values.items())


def digest_of(*files: Path) -> str:
    """Return a short hash of files' contents, by which a change is seen; absent ones count too."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() if file.is_file() else b"absent")
        digest.update(b"\0")
    return digest.hexdigest()[:16]
