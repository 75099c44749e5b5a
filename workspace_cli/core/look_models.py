"""What a look into layers finds: plain values for the command line, the portal and the pages.

Sizes are in bytes, paths are absolute ones inside the container.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Literal

Manager = Literal["apt", "pip", "conda"]
Change = Literal["added", "changed", "removed"]


@dataclass(frozen=True, kw_only=True, order=True)
class Package:
    """One installed package; ``place`` is the folder it is installed for ('' is the system)."""

    manager: Manager
    name: str
    version: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class PackageChange:
    """A package that differs: ``before`` and ``after`` are versions, '' where it is not there.

    ``bytes`` are those of its files that were added or changed.
    """

    manager: Manager
    name: str
    before: str
    after: str
    place: str = ""
    bytes: int = 0

    @property
    def change(self) -> Change:
        """Whether it came, went or has another version."""
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


@dataclass(frozen=True, kw_only=True)
class Folder:
    """Files that differ in a folder and below it, and belong to no package."""

    path: str
    added: int
    changed: int
    removed: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A file that looks like a secret: what it looks like, and why; never what is in it."""

    path: str
    kind: str
    why: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Cache:
    """A folder or file that programs can make again; ``always`` where no save ever keeps it."""

    path: str
    kind: str
    files: int
    bytes: int
    always: bool


@dataclass(frozen=True, kw_only=True)
class NotSaved:
    """A folder of the host that the container sees, and that is in no image."""

    path: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a save of a workspace would keep, against what it stands on or was last saved as.

    ``folders`` are the largest, ``others`` sums up the rest.  ``bytes`` is what changed,
    ``added`` what a save would add to the disk with what is left out by default left out.
    ``unread`` counts files that there was no time to search for secrets.  ``blind`` says
    why nothing could be looked at; the lists are then empty and mean nothing.
    """

    workspace: str
    against: str
    packages: tuple[PackageChange, ...] = ()
    folders: tuple[Folder, ...] = ()
    others: Folder | None = None
    files: int = 0
    bytes: int = 0
    added: int = 0
    suspects: tuple[Suspect, ...] = ()
    caches: tuple[Cache, ...] = ()
    not_saved: tuple[NotSaved, ...] = ()
    unread: int = 0
    seconds: float = 0.0
    blind: str = ""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One point of the images' configuration that differs; '' where it is not set."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How an environment (or a workspace) ``new`` differs from ``old``.

    ``bytes`` is what the files that were added or changed take in ``new``.
    ``blind`` says why files and packages could not be compared.
    """

    old: str
    new: str
    old_size: int
    new_size: int
    packages: tuple[PackageChange, ...] = ()
    folders: tuple[Folder, ...] = ()
    others: Folder | None = None
    files: int = 0
    bytes: int = 0
    settings: tuple[Setting, ...] = ()
    blind: str = ""


def to_json(found: Any) -> Any:
    """Return any of these values as JSON can write it; a package's change is told in words."""
    if is_dataclass(found) and not isinstance(found, type):
        told = {field.name: to_json(getattr(found, field.name)) for field in fields(found)}
        if isinstance(found, PackageChange):
            told["change"] = found.change
        return told
    if isinstance(found, tuple | list):
        return [to_json(one) for one in found]
    # A name that is no UTF-8 is told with escapes: nothing could print or store it.
    return printable(found) if isinstance(found, str) else found


def printable(path: str) -> str:
    """Return a path whose bytes are no UTF-8 with escapes in their place.

    >>> printable("/home/caf\\udce9")
    '/home/caf\\\\xe9'
    """
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace")


def package_changes(told: Mapping[str, Any]) -> tuple[PackageChange, ...]:
    """Read the packages of what the layer worker answered."""
    return tuple(PackageChange(**row) for row in told["packages"])


def folder_rows(told: Mapping[str, Any]) -> tuple[tuple[Folder, ...], Folder | None]:
    """Read the folders of what the layer worker answered, and the sum of the rest."""
    others = told.get("others")
    return tuple(Folder(**row) for row in told["folders"]), Folder(**others) if others else None


def as_rows(packages: tuple[Package, ...]) -> list[dict[str, str]]:
    """Return packages as a file can keep them."""
    return [asdict(package) for package in packages]
