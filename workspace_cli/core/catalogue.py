"""The images that the lab offers: ``images/catalog.toml``, and what the lab itself has built.

The second list lies under the data root (``catalog.toml``), so that it outlives an update
of Labdock; it is read anew whenever it has changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from workspace_cli.core.errors import InvalidSettingError
from workspace_cli.core.references import same_image

_PLACES = (
    Path(__file__).resolve().parents[2] / "images" / "catalog.toml",
    Path(sys.prefix) / "share" / "labdock" / "catalog.toml",
)
"""A checkout's own list, else the one that the installed package brought along."""
ADDED_FILE = "catalog.toml"
"""Under the data root: the lab's own images."""


@dataclass(frozen=True, kw_only=True)
class CatalogueImage:
    """One image on offer; ``title`` and ``description`` by language (``en``, ``ko``)."""

    name: str
    parent: str | None = None
    context: str = ""
    dockerfile: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    gpu: bool = False
    build: str = "default"
    workspace: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    """Limits of its workspaces where nobody chose: names and values as in ``policy.toml``."""


class Catalogue:
    """The images of a ``catalog.toml``, read when first asked for, and those of ``added``."""

    def __init__(self, path: Path | None = None, added: Path | None = None) -> None:
        self._path = path
        self._added = added
        self._read: tuple[tuple[int, int], tuple[CatalogueImage, ...]] = ((0, 0), ())

    @classmethod
    def of(cls, images: tuple[CatalogueImage, ...], added: Path | None = None) -> Catalogue:
        """Make a catalogue of images that are given instead of read."""
        catalogue = cls(added=added)
        catalogue.__dict__["brought"] = images
        return catalogue

    @cached_property
    def path(self) -> Path:
        """The file that lists the images; InvalidSettingError where there is none."""
        candidates = (self._path,) if self._path else _PLACES
        for path in candidates:
            if path.is_file():
                return path
        raise InvalidSettingError(
            f"The list of images is missing: {candidates[-1]} does not exist.",
            "Install Labdock again, or run the command from its checkout.",
        )

    @cached_property
    def brought(self) -> tuple[CatalogueImage, ...]:
        """The images that Labdock itself brings, parents before their children."""
        return read_rows(self.path)

    @property
    def added(self) -> tuple[CatalogueImage, ...]:
        """The images that the lab has built, as its list says now."""
        try:
            found = self._added.stat() if self._added else None
        except OSError:
            found = None
        if self._added is None or found is None:
            return ()
        version = (found.st_mtime_ns, found.st_ino)
        if self._read[0] != version:
            self._read = (version, read_rows(self._added))
        return self._read[1]

    @property
    def images(self) -> tuple[CatalogueImage, ...]:
        """Every image, parents before their children."""
        own = self.brought
        names = {image.name for image in own}
        # What the lab builds never takes the place of what Labdock brings.
        return (*own, *(image for image in self.added if image.name not in names))

    def __iter__(self) -> Iterator[CatalogueImage]:
        return iter(self.images)

    def find(self, reference: str) -> CatalogueImage | None:
        """Return the image that a reference means, or None where it is not on offer."""
        return next((image for image in self.images if same_image(image.name, reference)), None)

    @property
    def workspaces(self) -> tuple[CatalogueImage, ...]:
        """The images that a member may choose for a workspace."""
        return tuple(image for image in self.images if image.workspace)

    @property
    def default(self) -> str:
        """The image of a workspace that names none."""
        if not self.workspaces:
            raise InvalidSettingError(
                f"{self.path} offers no image for workspaces.", "Add one with workspace = true."
            )
        return self.workspaces[0].name

    def names(self) -> str:
        """The names on offer, for a message."""
        return ", ".join(image.name for image in self.workspaces)


def read_rows(path: Path) -> tuple[CatalogueImage, ...]:
    """Return the images that a file lists; InvalidSettingError where it cannot be read."""
    import tomllib  # not needed to list workspaces, and listing should be quick

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(CatalogueImage(**row) for row in table["image"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as exc:
        raise InvalidSettingError(
            f"{path} cannot be read as a list of images: {exc}.", "Correct the file."
        ) from exc


def title(image: CatalogueImage, language: str = "en") -> str:
    """Return an image's title in a language, else in English, else its name."""
    return _in_language(image.title, language) or image.name


def _in_language(texts: Mapping[str, Any], language: str) -> str:
    return str(texts.get(language) or texts.get("en") or "")
