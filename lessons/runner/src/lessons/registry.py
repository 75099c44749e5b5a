"""What lesson packages are installed, and what lessons they hold.

A package announces itself by an entry point of the group `labdock.lessons`. In a checkout,
where nothing is installed, LESSONS_PATH names the folders that hold `lessons_*` packages.
"""

import difflib
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, distributions, entry_points
from pathlib import Path
from typing import Any

from lessons.errors import BrokenLessonError, UnknownLessonError
from lessons.i18n import Lang, read_strings

GROUP = "labdock.lessons"


@dataclass(frozen=True)
class Package:
    """A group of lessons that is installed as one distribution."""

    id: str
    letter: str
    module: str
    folder: Path
    version: str
    needs: tuple[str, ...]
    title: Mapping[str, str]
    summary: Mapping[str, str]


@dataclass(frozen=True)
class Lesson:
    """One lesson: where its files are and what its lesson.toml says."""

    id: str
    number: int
    minutes: int
    needs: tuple[str, ...]
    exercises: tuple[str, ...]
    demo: tuple[str, ...]
    trains: bool
    package: Package
    folder: Path

    @property
    def module(self) -> str:
        """The dotted name under which demo and checks are imported."""
        return f"{self.package.module}.{self.folder.name}"

    def strings(self, lang: Lang) -> dict[str, str]:
        """Every text of the lesson, by dotted key."""
        return read_strings(self.folder / f"strings.{lang}.toml")

    def headline(self, lang: Lang) -> dict[str, str]:
        """Title and summary alone: the first paragraph of the file, quicker than all of it."""
        text = (self.folder / f"strings.{lang}.toml").read_text(encoding="utf-8")
        first = re.split(r"\n\s*\n|^\[", text.lstrip(), maxsplit=1, flags=re.MULTILINE)[0]
        found = {key: str(value) for key, value in tomllib.loads(first).items()}
        return found if {"title", "summary"} <= found.keys() else self.strings(lang)


class Registry:
    """The installed packages, read once."""

    def __init__(self, packages: list[Package]) -> None:
        self.packages = sorted(packages, key=lambda package: package.letter)

    @cached_property
    def lessons(self) -> list[Lesson]:
        """All lessons, in the order of the course."""
        return [lesson for package in self.packages for lesson in _lessons_of(package)]

    def lesson(self, wanted: str) -> Lesson:
        """The lesson of that id; `c2` is enough where it is clear. UnknownLessonError otherwise."""
        wish = wanted.strip().lower().replace("_", "-")
        found = [lesson for lesson in self.lessons if lesson.id == wish]
        found = found or [one for one in self.lessons if one.id.partition("-")[0] == wish]
        if len(found) == 1:
            return found[0]
        near = difflib.get_close_matches(wish, [one.id for one in self.lessons], 3, 0.4)
        if not near:
            near = [one.id for one in self.lessons if wish and wish in one.id][:3]
        if near:
            raise UnknownLessonError("unknown_lesson_near", name=wanted, near=", ".join(near))
        raise UnknownLessonError("unknown_lesson", name=wanted)

    def paths(self) -> list[str]:
        """The folders from which another interpreter imports the runner and all packages."""
        roots = [Path(__file__).parent.parent, *(one.folder.parent for one in self.packages)]
        return list(dict.fromkeys(str(root) for root in roots))


def load_registry(environ: Mapping[str, str] = os.environ) -> Registry:
    """Reads what is installed and what LESSONS_PATH names; the latter wins."""
    packages = {package.id: package for package in _installed()}
    packages.update({package.id: package for package in _in_folders(environ)})
    return Registry(list(packages.values()))


def _installed() -> Iterator[Package]:
    # A kernel may import the runner by a link, from a folder without the packages' metadata.
    own = str(Path(__file__).resolve().parent.parent)
    beside = () if own in sys.path else _entry_points_in(own)
    for entry in [*beside, *entry_points(group=GROUP)]:
        folder = _folder_of(entry)
        if folder is not None:
            version = entry.dist.version if entry.dist else "0"
            yield read_package(folder, version)


def _entry_points_in(folder: str) -> Iterator[EntryPoint]:
    for distribution in distributions(path=[folder]):
        yield from distribution.entry_points.select(group=GROUP)


def _folder_of(entry: EntryPoint) -> Path | None:
    # Not by importing it: `lessons list` reads names, it runs no package's code.
    roots = [str(entry.dist.locate_file(""))] if entry.dist else []
    for root in [*roots, *sys.path]:
        folder = Path(root) / entry.value
        if (folder / "package.toml").is_file():
            return folder
    return None


def _in_folders(environ: Mapping[str, str]) -> Iterator[Package]:
    for root in filter(None, environ.get("LESSONS_PATH", "").split(os.pathsep)):
        for file in sorted(Path(root).glob("lessons_*/package.toml")):
            yield read_package(file.parent, _version_in_checkout(file.parent))


def _version_in_checkout(folder: Path) -> str:
    project = folder.parent.parent / "pyproject.toml"
    if not project.is_file():
        return "0"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def read_package(folder: Path, version: str) -> Package:
    """The package in that folder, as its package.toml describes it."""
    file = folder / "package.toml"
    table = _read_toml(file)
    try:
        return Package(
            id=table["id"],
            letter=table["letter"],
            module=folder.name,
            folder=folder,
            version=version,
            needs=tuple(table["needs"]),
            title=table["title"],
            summary=table["summary"],
        )
    except KeyError as missing:
        raise BrokenLessonError("broken_toml", file=file, why=missing) from missing


def _lessons_of(package: Package) -> list[Lesson]:
    files = package.folder.glob("*/lesson.toml")
    return sorted((read_lesson(package, file) for file in files), key=lambda one: one.number)


def read_lesson(package: Package, file: Path) -> Lesson:
    """The lesson that this lesson.toml describes."""
    table = _read_toml(file)
    try:
        return Lesson(
            id=table["id"],
            number=int(table["number"]),
            minutes=int(table["minutes"]),
            needs=tuple(table["needs"]),
            exercises=tuple(table["exercises"]),
            demo=tuple(table["demo"]),
            trains=bool(table["trains"]),
            package=package,
            folder=file.parent,
        )
    except KeyError as missing:
        raise BrokenLessonError("broken_toml", file=file, why=missing) from missing


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise BrokenLessonError("broken_toml", file=file, why=problem) from problem
