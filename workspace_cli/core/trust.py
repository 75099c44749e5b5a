"""Which images from elsewhere an admin has allowed, and whose signature is enough.

An image that came from elsewhere says so in a label that ``clean_image`` writes, so
what is in no table is untrusted.  What was saved on top of it stands and falls with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workspace_cli.core import audit, labels, members
from workspace_cli.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.lab_key import own_key
from workspace_cli.core.models import Image

_LONGEST_REASON = 500


@dataclass(frozen=True)
class KnownKey:
    """A lab whose exported environments are trusted; ``created`` in seconds since the epoch."""

    fingerprint: str
    name: str
    made_by: str
    created: float


def is_trusted(host: Host, image: Image) -> bool:
    """Tell whether members may start from an image: made here, or allowed."""
    return not untrusted(host, [image])


def untrusted(host: Host, images: Iterable[Image]) -> set[str]:
    """Return the ids of those images that came from elsewhere and are not allowed."""
    foreign = [image for image in images if labels.IMPORTED in image.labels]
    if not foreign:
        return set()
    allowed = _allowed(host)
    return {image.id for image in foreign if not allowed & _trusted_by(image)}


def barred(host: Host, images: Iterable[Image], owner: str) -> set[str]:
    """Return the ids of those images that an owner may not start from, as they are not trusted."""
    found = untrusted(host, images)
    return set() if found and _is_admin(host, owner) else found


def allow(host: Host, image: Image, reference: str, actor: str, reason: str = "") -> None:
    """Let members start from an image that came from elsewhere; a new reason replaces.

    With the same reason again nothing changes.  Raises InvalidInputError for one that was
    made here.
    """
    from sqlalchemy import text

    _check_foreign(image, reference)
    values = {
        "image_id": image.id,
        "reference": reference,
        "made_by": actor,
        "reason": reason[:_LONGEST_REASON],
        "created": host.clock(),
    }
    with host.database.begin() as connection:
        known = connection.execute(
            text(
                "SELECT reason FROM labdock_image_trust "
                "WHERE image_id = :image_id AND reference = :reference"
            ),
            values,
        ).one_or_none()
        if known is not None and known.reason == values["reason"]:
            return
        connection.execute(
            text("DELETE FROM labdock_image_trust WHERE image_id = :image_id"), values
        )
        connection.execute(
            text(
                "INSERT INTO labdock_image_trust (image_id, reference, made_by, reason, created) "
                "VALUES (:image_id, :reference, :made_by, :reason, :created)"
            ),
            values,
        )
    audit.record(host, actor, "trust", reference, f"{image.id} {reason}".strip())


def disallow(host: Host, image: Image, reference: str, actor: str) -> None:
    """Take it back: nobody but admins starts from the image any more; what runs goes on.

    Raises InvalidInputError for an image that was made here, or that stands on an
    imported one which is still allowed.
    """
    from sqlalchemy import text

    _check_foreign(image, reference)
    with host.database.begin() as connection:
        gone = connection.execute(
            text("DELETE FROM labdock_image_trust WHERE image_id = :id"), {"id": image.id}
        )
    if is_trusted(host, image):
        raise InvalidInputError(
            f"{reference} stands on an imported image that is trusted.",
            f"Name that one: {image.labels[labels.IMPORTED_ID]}.",
        )
    if gone.rowcount:
        audit.record(host, actor, "untrust", reference, image.id)


def check_start(host: Host, image: Image, reference: str, owner: str) -> None:
    """Raise NotAllowedError where an owner may not start from an image, as it is not trusted."""
    if not barred(host, [image], owner):
        return
    raise NotAllowedError(
        f"The image {reference} came from elsewhere, and no admin has allowed it yet.",
        f"Ask an admin, who looks at it and runs `workspace trust {reference}`.",
    )


def check_shared(host: Host, image: Image, reference: str) -> None:
    """Raise NotAllowedError where an image may not be shared or sent on, as it is not trusted."""
    if not is_trusted(host, image):
        raise NotAllowedError(
            f"The image {reference} came from elsewhere, and no admin has allowed it yet.",
            f"An admin looks at it first and runs `workspace trust {reference}`.",
        )


def trust_key(host: Host, fingerprint: str, name: str, actor: str) -> KnownKey:
    """Let what a lab has signed be trusted as soon as it is imported; a new name replaces."""
    from sqlalchemy import text

    for one in known_keys(host):
        if (one.fingerprint, one.name) == (fingerprint, name):
            return one
    key = KnownKey(fingerprint, name, actor, host.clock())
    with host.database.begin() as connection:
        connection.execute(
            text("DELETE FROM labdock_lab_key WHERE fingerprint = :fingerprint"), vars(key)
        )
        connection.execute(
            text(
                "INSERT INTO labdock_lab_key (fingerprint, name, made_by, created) "
                "VALUES (:fingerprint, :name, :made_by, :created)"
            ),
            vars(key),
        )
    audit.record(host, actor, "trust-key", fingerprint, name)
    return key


def forget_key(host: Host, fingerprint: str, actor: str) -> None:
    """Trust a lab's signature no longer; what was imported before stays as it is.

    Raises NotFoundError for a key that is not known.
    """
    from sqlalchemy import text

    with host.database.begin() as connection:
        gone = connection.execute(
            text("DELETE FROM labdock_lab_key WHERE fingerprint = :fingerprint"),
            {"fingerprint": fingerprint},
        )
    if not gone.rowcount:
        raise NotFoundError(
            f"No key {fingerprint} is trusted.", "`workspace trust` lists those that are."
        )
    audit.record(host, actor, "untrust-key", fingerprint)


def known_keys(host: Host) -> list[KnownKey]:
    """Return the keys of other labs that are trusted."""
    from sqlalchemy import text

    with host.database.connect() as connection:
        rows = connection.execute(text("SELECT * FROM labdock_lab_key ORDER BY name, fingerprint"))
        return [KnownKey(row.fingerprint, row.name, row.made_by, row.created) for row in rows]


def signer(host: Host, fingerprint: str) -> str | None:
    """Return the name of the lab that a trusted key belongs to; None for any other key."""
    if fingerprint == own_key(host.settings).public.fingerprint:
        return "this lab"
    names = {key.fingerprint: key.name or key.fingerprint for key in known_keys(host)}
    return names.get(fingerprint)


def _is_admin(host: Host, owner: str) -> bool:
    return members.member(host, owner).role == "admin"


def _allowed(host: Host) -> set[str]:
    from sqlalchemy import text

    with host.database.connect() as connection:
        rows = connection.execute(text("SELECT image_id FROM labdock_image_trust"))
        return {row.image_id for row in rows}


def _trusted_by(image: Image) -> set[str]:
    return {image.id, image.labels.get(labels.IMPORTED_ID, image.id)}


def _check_foreign(image: Image, reference: str) -> None:
    if labels.IMPORTED not in image.labels:
        raise InvalidInputError(
            f"{reference} was made here, and is trusted.",
            "`workspace images` shows which ones came from elsewhere.",
        )
