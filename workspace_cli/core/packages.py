"""Reads what apt, pip and conda have installed out of layer folders: standard library alone.

Formats: https://wiki.debian.org/DpkgInternals (``status``, ``info/*.list``),
https://packaging.python.org/specifications/recording-installed-packages/ and conda's
``conda-meta/NAME-VERSION-BUILD.json``.
"""

from __future__ import annotations

import csv
import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from workspace_cli.core.look_tree import View

DPKG = "var/lib/dpkg"
SERVER = "opt/labdock/"
"""The server's own environment, which is root's and Labdock's: its packages are nobody's choice."""
_SITES = ("site-packages", "dist-packages")
_SITE_PATTERNS = (
    *("opt/*/lib/python*/site-packages", "opt/*/lib/python*/dist-packages"),
    *("usr/local/lib/python*/dist-packages", "usr/local/lib/python*/site-packages"),
    *("home/*/.local/lib/python*/site-packages", "root/.local/lib/python*/site-packages"),
)
_CONDA_PATTERNS = (
    *("opt/*/conda-meta", "opt/*/envs/*/conda-meta"),
    *("home/*/*/conda-meta", "home/*/*/envs/*/conda-meta"),
)
# Debian's own Python packages are apt's: they would be told twice.
_APTS_SITE = "usr/lib/python3/dist-packages"
_SIZE = re.compile(r"[0-9]{1,15}")
_MERGED = re.compile(r"^(bin|sbin|lib|lib32|lib64|libx32)/")


@dataclass(frozen=True)
class Found:
    """One installed package, and where its list of files is."""

    manager: str
    name: str
    version: str
    place: str = ""
    record: str = ""


@dataclass
class Changed:
    """A package that differs between two views, and the bytes of its files that changed."""

    manager: str
    name: str
    before: str
    after: str
    place: str
    bytes: int = 0


@dataclass
class Owned:
    """Which changed files belong to packages.

    ``files`` is path → (number of the package, size that it was installed with or -1).
    """

    changed: list[Changed] = field(default_factory=list)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)


def installed(view: View) -> list[Found]:
    """Return everything that is installed, in the places where packages usually are."""
    sites = {path for pattern in _SITE_PATTERNS for path in view.match(pattern)}
    metas = {path for pattern in _CONDA_PATTERNS for path in view.match(pattern)}
    places = (*sorted(sites - {_APTS_SITE}), *sorted(metas))
    found = [
        one
        for place in places
        if not f"{place}/".startswith(SERVER)
        for one in _in_place(view, place).values()
    ]
    return [*apt(view).values(), *found]


def compare(new: View, old: View, paths: Iterable[str]) -> Owned:
    """Return the packages that differ, and whose the files of changed packages are.

    ``paths`` are those that differ: a package whose records are the same is the same.
    """
    owned = Owned()
    apts, places = _touched(paths)
    if apts:
        _compare(owned, new, old, apt(new), apt(old))
    # conda first: what it installed has pip's records as well.
    for place in sorted(places, key=lambda path: (not path.endswith("conda-meta"), path)):
        _compare(owned, new, old, _in_place(new, place), _in_place(old, place))
    return owned


def is_site(path: str) -> bool:
    """Tell whether a path lies where Python's packages are installed."""
    return any(f"/{name}/" in path for name in _SITES)


def _touched(paths: Iterable[str]) -> tuple[bool, set[str]]:
    apts, places = False, set()
    for path in paths:
        if path == f"{DPKG}/status":
            apts = True
        elif "/conda-meta/" in path and path.endswith(".json"):
            places.add(posixpath.dirname(path))
        elif ".dist-info/" in path or ".egg-info" in path:
            above = re.split(r"/[^/]+\.(?:dist|egg)-info(?:/|$)", path, maxsplit=1)[0]
            if posixpath.basename(above) in _SITES and above != _APTS_SITE:
                places.add(above)
    return apts, {place for place in places if not f"{place}/".startswith(SERVER)}


def _compare(
    owned: Owned, new: View, old: View, after: Mapping[str, Found], before: Mapping[str, Found]
) -> None:
    for key in sorted({*after, *before}):
        one, other = after.get(key), before.get(key)
        if one and other and one.version == other.version:
            continue
        known = one or other
        assert known is not None  # noqa: S101 - the key is of one of them
        number = len(owned.changed)
        versions = (other.version if other else "", one.version if one else "")
        if known.manager == "pip" and known.record in owned.files:
            # Installed by conda, and told as such.
            continue
        owned.changed.append(Changed(known.manager, known.name, *versions, known.place))
        # What went belongs to the package that it belonged to.
        for view, package in ((old, other), (new, one)):
            if package:
                owned.files.update((path, (number, size)) for path, size in files_of(view, package))


# apt -----------------------------------------------------------------------
def apt(view: View) -> dict[str, Found]:
    """Return Debian's packages that are installed, by name."""
    found: dict[str, Found] = {}
    text = (view.read(f"{DPKG}/status") or b"").decode(errors="replace")
    for paragraph in text.split("\n\n"):
        fields = dict(
            re.findall(r"^(Package|Status|Version|Architecture): (.*)$", paragraph, re.MULTILINE)
        )
        if fields.get("Status", "").endswith(" installed") and "Package" in fields:
            name, architecture = fields["Package"], fields.get("Architecture", "")
            key = f"{name}:{architecture}" if name in found else name
            version = fields.get("Version", "?")
            found[key] = Found("apt", key, version, "", f"{name} {architecture}")
    return found


def shipped_settings(view: View) -> dict[str, str]:
    """Return files of settings as dpkg remembers them: path → MD5 of what the package brought."""
    text = (view.read(f"{DPKG}/status") or b"").decode(errors="surrogateescape")
    found = re.findall(r"^ /(\S+) ([0-9a-f]{32})", text, re.MULTILINE)
    return {merged(path): digest for path, digest in found}


def _apt_files(view: View, package: Found) -> Iterator[tuple[str, int]]:
    name, architecture = package.record.split(" ")
    for file in (f"{name}.list", f"{name}:{architecture}.list"):
        data = view.read(f"{DPKG}/info/{file}")
        if data is not None:
            for line in data.decode(errors="surrogateescape").splitlines():
                yield merged(line.strip("/")), -1
            return


def merged(path: str) -> str:
    """Return where a path of a package lies since /bin, /lib and the like are links into /usr.

    >>> merged("bin/ls")
    'usr/bin/ls'
    """
    return f"usr/{path}" if _MERGED.match(path) else path


# pip and conda -------------------------------------------------------------
def _in_place(view: View, place: str) -> dict[str, Found]:
    if place.endswith("/conda-meta"):
        names = [name for name in view.names(place) if name.endswith(".json")]
        rows = [row for name in names if (row := _conda_row(place, name))]
    else:
        rows = [row for name in view.names(place) if (row := _pip_row(view, place, name))]
    return {f"{row.manager} {normal(row.name)}": row for row in rows}


def _conda_row(place: str, file: str) -> Found | None:
    parts = file.removesuffix(".json").rsplit("-", 2)
    if len(parts) != 3:
        return None
    prefix = posixpath.dirname(place)
    return Found("conda", parts[0], parts[1], f"/{prefix}", f"{place}/{file}")


def _pip_row(view: View, place: str, name: str) -> Found | None:
    match = re.fullmatch(r"(.+?)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info", name)
    if match is None:
        return None
    title = match[1].replace("_", "-")
    info = f"{place}/{name}"
    # A folder that a removed package left behind, or one that pip is at work on ("~umpy").
    if not name[0].isalnum() or not _has_metadata(view, info):
        return None
    prefix = place.split("/lib/python")[0]
    return Found("pip", title, match[2], f"/{prefix}", f"{info}/RECORD")


def _has_metadata(view: View, info: str) -> bool:
    names = view.names(info)
    return bool({"METADATA", "PKG-INFO"} & set(names)) if names else info.endswith(".egg-info")


def normal(name: str) -> str:
    """Return a package's name as pip compares it.

    >>> normal("Scikit_Learn")
    'scikit-learn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def files_of(view: View, package: Found) -> Iterator[tuple[str, int]]:
    """Yield a package's files, each with the size that it was installed with, -1 if unknown."""
    if package.manager == "apt":
        yield from _apt_files(view, package)
        return
    text = (view.read(package.record) or b"").decode(errors="surrogateescape")
    if package.manager == "conda":
        yield package.record, -1
        yield from ((f"{package.place.strip('/')}/{path}", -1) for path in _conda_files(text))
        return
    yield package.record, -1
    site = posixpath.dirname(posixpath.dirname(package.record))
    # A record that is none ends the list: anybody may have written it.
    with suppress(csv.Error):
        for row in csv.reader(text.splitlines()):
            if row:
                size = int(row[2]) if len(row) > 2 and _SIZE.fullmatch(row[2]) else -1
                yield posixpath.normpath(f"/{site}/{row[0]}").strip("/"), size


def _conda_files(text: str) -> list[str]:
    try:
        files = json.loads(text)["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [path for path in files if isinstance(path, str)]
