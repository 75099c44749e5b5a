"""Names that are safe as container name, host name, path segment and label.

Two different owners never share a name: what cannot be used as it is gets ten
hexadecimal digits of its SHA-256 appended, and a plain name that looks like
that form is hashed as well.  Slugs never contain ``--``, so it separates the
parts of a container's name without doubt.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from workspace_cli.core.errors import InvalidNameError

CONTROL_NETWORK = "labdock-control"
HUB_CONTAINER = "labdock-hub"
PROXY_CONTAINER = "labdock-proxy"
PORTAL_CONTAINER = "labdock-portal"
DEFAULT_WORKSPACE = "default"
NEXT = ".next"
OLD = ".old"
"""Ends of the names that a workspace's new and old container have while one takes the
other's place; no slug holds a dot."""

_PLAIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HASHED_FORM = re.compile(r"(.*-)?[0-9a-f]{10}")
_ACCOUNT = re.compile(r"[^\W_][\w.@+-]*")
_WORKSPACE = re.compile(r"[a-z0-9](-?[a-z0-9]){0,29}")
_OWNER_LIMIT = 27
_WORKSPACE_LIMIT = 24
_HASH_DIGITS = 10


def owner_slug(owner: str) -> str:
    """Return the slug of an owner, at most 27 characters.

    Raises InvalidNameError for a name that no account can have.

    >>> owner_slug("kunyoung")
    'kunyoung'
    """
    check_owner(owner)
    return _slug(owner, _OWNER_LIMIT)


def workspace_slug(workspace: str) -> str:
    """Return the slug of a workspace's name, at most 24 characters."""
    check_workspace(workspace)
    return _slug(workspace, _WORKSPACE_LIMIT)


def container_name(owner: str, workspace: str) -> str:
    """Return the container's name, also its host name: at most 61 characters."""
    return f"labdock-{owner_slug(owner)}--{workspace_slug(workspace)}"


def member_host(owner: str, domain: str) -> str:
    """Return the host name that is a member's alone, below a domain with subdomains.

    >>> member_host("kim", "lab.example.org")
    'kim.lab.example.org'
    """
    return f"{owner_slug(owner)}.{domain}"


def main_name(name: str) -> str:
    """Return the container name of the workspace to which a container belongs."""
    return name.removesuffix(OLD).removesuffix(NEXT)


def network_name(owner: str) -> str:
    """Return the name of the network that all workspaces of one owner share."""
    return f"labdock-net-{owner_slug(owner)}"


def check_owner(owner: str) -> None:
    """Raise InvalidNameError unless an account can have this name."""
    if not owner or len(owner) > 64:
        raise InvalidNameError(
            f"A user name has 1 to 64 characters; this one has {len(owner)}.",
            "Choose a shorter name." if owner else "Give a name.",
        )
    if owner != owner.strip() or any(unicodedata.category(c).startswith("C") for c in owner):
        raise InvalidNameError(
            "A user name cannot begin or end with a space or hold control characters.",
            "Choose another name.",
        )
    if "/" in owner:
        raise InvalidNameError(
            "A user name cannot hold a slash, which separates owner and workspace.",
            "Choose another name.",
        )


def check_account(name: str) -> None:
    """Raise InvalidNameError unless an account can have this name.

    An account's name stands in addresses, scopes and cookies of the hub, so it
    holds less than an owner's of a standalone workspace may.
    """
    check_owner(name)
    if not _ACCOUNT.fullmatch(name):
        raise InvalidNameError(
            f"{name!r} cannot be a user name.",
            "Use letters and digits of any script and . _ - @ +, beginning with a letter or digit.",
        )


def check_group(group: str) -> None:
    """Raise InvalidNameError unless a group of members can have this name."""
    if len(group) > 64 or not _ACCOUNT.fullmatch(group):
        raise InvalidNameError(
            f"{group[:80]!r} cannot name a group.",
            "Use up to 64 letters and digits and . _ - @ +, beginning with a letter or digit.",
        )


def check_workspace(workspace: str) -> None:
    """Raise InvalidNameError unless the hub can have a server of this name."""
    if not _WORKSPACE.fullmatch(workspace):
        raise InvalidNameError(
            f"{workspace!r} cannot name a workspace.",
            "Use 1 to 30 lower-case letters, digits and single hyphens, "
            "beginning and ending with a letter or digit.",
        )


def server_name(workspace: str) -> str:
    """Return the hub's name for a workspace: ``default`` is the unnamed server."""
    return "" if workspace == DEFAULT_WORKSPACE else workspace


def workspace_of_server(server: str) -> str:
    """Return the workspace of a hub's server name; refuse a second ``default``."""
    if server == DEFAULT_WORKSPACE:
        raise InvalidNameError(
            "'default' is the name of the first workspace.", "Choose another name."
        )
    return server or DEFAULT_WORKSPACE


def split_reference(reference: str) -> tuple[str | None, str]:
    """Split ``OWNER/NAME`` or ``NAME`` into owner (None when absent) and name."""
    owner, slash, workspace = reference.rpartition("/")
    if slash:
        check_owner(owner)
    return (owner if slash else None), workspace


def _slug(name: str, limit: int) -> str:
    if _PLAIN.fullmatch(name) and len(name) <= limit and not _HASHED_FORM.fullmatch(name):
        return name
    return _hashed(name, limit)


def hashed_slug(owner: str) -> str:
    """Return an owner's slug in the form with a hash, also where the plain name could be used."""
    check_owner(owner)
    return _hashed(owner, _OWNER_LIMIT)


def _hashed(name: str, limit: int) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_DIGITS]
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    readable = re.sub(r"[^a-z0-9]+", "-", ascii_name)[: limit - _HASH_DIGITS - 1].strip("-")
    return f"{readable}-{digest}" if readable else digest
