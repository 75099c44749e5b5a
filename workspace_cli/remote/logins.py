"""Where a member is logged in: one lab's address and a token, in a file of their own."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from workspace_cli.core.errors import InvalidOptionError, NotAllowedError, NotLoggedInError
from workspace_cli.remote.client import Remote, refusal
from workspace_cli.remote.ways import ByAddress


@dataclass(frozen=True)
class Login:
    """One lab, and who somebody is there."""

    url: str
    user: str
    token: str

    def remote(self) -> Remote:
        """Return the lab as this member reaches it."""
        return Remote(ByAddress(self.url, self.token), self.user)


def read(file: Path) -> Login | None:
    """Return the login that is kept, None where there is none or the file is damaged."""
    try:
        return Login(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def keep(file: Path, login: Login) -> None:
    """Keep a login in a file that its owner alone can read."""
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as written:
            json.dump(asdict(login), written)
        fresh.replace(file)
    except OSError as exc:
        raise NotAllowedError(
            f"The login cannot be kept in {file}: {exc.strerror}.", "Make that folder writable."
        ) from exc


def forget(file: Path) -> bool:
    """Remove the login; return whether there was one."""
    with suppress(FileNotFoundError):
        file.unlink()
        return True
    return False


def check_url(url: str) -> str:
    """Return a lab's address without path or slash at its end; InvalidOptionError.

    >>> check_url("https://lab.example:8443/hub/home")
    'https://lab.example:8443'
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.username is not None:
        raise InvalidOptionError(
            f"{url!r} is not the address of a lab.", "For example https://lab.example:8000"
        )
    return f"{parts.scheme}://{parts.netloc}"


def verify(url: str, token: str) -> Login:
    """Ask a lab whose token this is, and whether its portal takes it.

    Raises NotLoggedInError, NotAllowedError, HubUnreachableError.
    """
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise NotLoggedInError("That is no token.", "Make one on the lab's page Tokens.")
    way = ByAddress(url, token)
    status, answer = way.ask("GET", "/hub/api/user")
    if status in (401, 403):
        raise NotLoggedInError(
            "The lab does not know this token.", "Make another on the lab's page Tokens."
        )
    if status != 200:
        raise refusal(status, answer)
    try:
        name = str(json.loads(answer)["name"])
    except (ValueError, KeyError, TypeError) as exc:
        raise InvalidOptionError(
            f"What answers at {url} is no Labdock.", "Check the address."
        ) from exc
    login = Login(url, name, token)
    login.remote().environments()
    return login
