"""Logins from outside: who they are here, by the settings in ``hub/logins.toml``.

The outside says who somebody is; whether they come in, and with which rights,
the lab's own accounts say.  Nobody becomes an admin from outside, and an account
that somebody has here already is never taken over by a name from there.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.accounts import Account
from hub.joining import check_chosen_name
from hub.register import Register
from workspace_cli.core.errors import (
    InvalidNameError,
    InvalidSettingError,
    NameTakenError,
    NotAllowedError,
)

FILE = "logins.toml"
LONGEST_IDENTITY = 255
"""Characters, in the accounts' table."""


Join = Literal["off", "approval", "open"]


class _Provider(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    """What the login page calls it."""
    client_id: str
    client_secret_file: Path
    """A full path, or the name of a file beside this one."""
    join: Join = "approval"
    """What becomes of somebody at the first login who has no account here."""

    def secret(self, folder: Path) -> str:
        """Return the client's secret; InvalidSettingError where the file cannot be read."""
        path = folder / self.client_secret_file
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise InvalidSettingError(
                f"{path} cannot be read: {exc.strerror}.",
                f"{FILE} names it as client_secret_file.",
            ) from exc


class OpenIdConnect(_Provider):
    """An OpenID Connect provider, as its ``.well-known/openid-configuration`` describes it."""

    authorize_url: str
    token_url: str
    userinfo_url: str
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    username_claim: str = "preferred_username"
    groups_claim: str = "groups"
    groups: Mapping[str, str] = Field(default_factory=dict)
    """Their group → the lab's group, followed at each login."""


class GitHub(_Provider):
    """GitHub, or a GitHub Enterprise of one's own."""

    title: str = "GitHub"
    organizations: tuple[str, ...] = ()
    """Only members of one of these come in; everybody where empty."""
    url: str = "https://github.com"


class Ldap(BaseModel):
    """A directory that is asked with the name and password of the login form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = "LDAP"
    server: str
    port: int | None = None
    user_dn: tuple[str, ...] = Field(min_length=1)
    """Who somebody is in the directory, with ``{username}`` for the name; tried in turn."""
    tls: Literal["start", "ldaps", "none"] = "start"
    """``none`` sends passwords in the clear: only for a server on the same machine."""
    ca_file: Path | None = None
    """The authority that signed the server's certificate; else the machine's own list counts."""
    groups: Mapping[str, str] = Field(default_factory=dict)
    """The DN of their group → the lab's group, followed at each login."""
    join: Join = "approval"


class Logins(BaseModel):
    """The whole file: at most one provider, and a directory beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    oidc: OpenIdConnect | None = None
    github: GitHub | None = None
    ldap: Ldap | None = None

    @property
    def provider(self) -> OpenIdConnect | GitHub | None:
        """The one that is set."""
        return self.oidc or self.github


Source = OpenIdConnect | GitHub | Ldap


@dataclass(frozen=True)
class Person:
    """Who somebody is outside: ``identity`` never changes, the name may."""

    identity: str
    name: str
    groups: frozenset[str] = frozenset()


def load_logins(path: Path) -> Logins:
    """Read the file; no outside login where there is none.  Raises InvalidSettingError."""
    try:
        found = Logins.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Logins()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise InvalidSettingError(f"{path} cannot be read: {exc}.", "Correct it.") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(
            f"{path}: {place}: {first['msg']}.", "Correct it; docs/accounts.md shows examples."
        ) from exc
    if found.oidc is not None and found.github is not None:
        raise InvalidSettingError(
            f"{path} names two providers.", "Keep one of [oidc] and [github]."
        )
    return found


def person_of(provider: OpenIdConnect | GitHub, user: Mapping[str, Any]) -> Person:
    """Return who the provider says that somebody is; NotAllowedError where it says too little."""
    if isinstance(provider, OpenIdConnect):
        subject, name = user.get("sub"), user.get(provider.username_claim)
        groups = user.get(provider.groups_claim) or []
        identity = f"oidc:{subject}"
    else:
        subject, name, groups = user.get("id"), user.get("login"), []
        identity = f"github:{subject}"
    if not subject or not isinstance(name, str):
        raise NotAllowedError(
            "The outside login did not say who you are.", "Tell your admin, who can set it up."
        )
    wanted = {str(group) for group in groups} if isinstance(groups, list) else set()
    return Person(_kept(identity), name, frozenset(wanted))


def _kept(identity: str) -> str:
    """Return an identity as the accounts have room for it; never two as the same."""
    if len(identity) <= LONGEST_IDENTITY:
        return identity
    digest = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()
    return f"{identity[: LONGEST_IDENTITY - len(digest) - 1]}~{digest}"


def admit(register: Register, source: Source, person: Person) -> Account:
    """Return the account of somebody from outside, which is made at the first login.

    Raises NotAllowedError where nobody comes in that way, or the name is somebody's.
    """
    account = register.accounts.by_outside(person.identity)
    if account is not None:
        return account
    if source.join == "off":
        raise NotAllowedError("You have no account here yet.", "Ask your admin for an invitation.")
    try:
        name = check_chosen_name(register, person.name)
        account = register.accounts.add(
            name,
            None,
            state="active" if source.join == "open" else "pending",
            about=f"{source.title}: {person.name}",
            outside=person.identity,
        )
    except (NameTakenError, InvalidNameError) as exc:
        raise NotAllowedError(
            f"The name {person.name!r} from outside cannot be used here.",
            "Ask your admin for an invitation, and choose another name.",
        ) from exc
    register.note(name, "sign-up", name, f"from outside: {person.identity}")
    return account


def lab_groups(source: Source, person: Person) -> tuple[set[str], set[str]]:
    """Return the lab's groups that somebody is to be in, and those to be in no longer."""
    if isinstance(source, GitHub):
        return set(), set()
    wanted = {here for there, here in source.groups.items() if there in person.groups}
    return wanted, set(source.groups.values()) - wanted
