"""Debian's package sources: reading the machine's own, writing one extra.

Formats: sources.list(5) (one line a source, and deb822) and apt_preferences(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core.errors import SetupError
from workspace_cli.setup.commands import stream
from workspace_cli.setup.console import Console

APT = Path("/etc/apt")
# A machine that has just started is often upgrading itself.
PATIENT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=300")
_ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<rest>.+)")


@dataclass(frozen=True)
class Source:
    """One place that apt takes binary packages from."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


def parse_sources(text: str, *, deb822: bool) -> list[Source]:
    """Read the sources of one file; source packages and disabled entries are left out."""
    return list(_parse_deb822(text) if deb822 else _parse_one_line(text))


def _parse_one_line(text: str) -> Iterable[Source]:
    for line in text.splitlines():
        match = _ONE_LINE.fullmatch(line.partition("#")[0].strip())
        if match is None:
            continue
        suite, *components = match["rest"].split()
        options = dict(
            option.split("=", 1) for option in (match["options"] or "").split() if "=" in option
        )
        yield Source(match["uri"], (suite,), tuple(components), options.get("signed-by", ""))


def _parse_deb822(text: str) -> Iterable[Source]:
    for stanza in re.split(r"\n[ \t]*\n", _without_comments(text)):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split():
            continue
        if fields.get("enabled", "yes").strip().lower() in ("no", "false", "0"):
            continue
        suites = tuple(fields.get("suites", "").split())
        components = tuple(fields.get("components", "").split())
        for uri in fields.get("uris", "").split():
            yield Source(uri, suites, components, fields.get("signed-by", "").strip())


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line[:1] in (" ", "\t") and name:
            fields[name] += "\n" + line
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def machine_sources(apt: Path = APT) -> list[Source]:
    """Read every source that the machine's apt uses."""
    files = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]
    sources: list[Source] = []
    for file in files:
        if file.suffix in (".list", ".sources") and file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            sources += parse_sources(text, deb822=file.suffix == ".sources")
    return sources


def main_mirror(sources: Sequence[Source], codename: str) -> Source:
    """Pick the source that the distribution ``codename`` itself comes from.

    Raises SetupError where no source offers that suite with its main component.
    """
    for source in sources:
        if codename in source.suites and "main" in source.components:
            return source
    raise SetupError(
        f"None of apt's sources on this machine offers {codename} main.",
        "Add the distribution's own source to /etc/apt/sources.list, or install Docker yourself; "
        "an engine that answers is used as it is.",
    )


def source_text(mirror: Source, suite: str) -> str:
    """Write a deb822 source for another suite of the same mirror, with the same key."""
    lines = [
        "# Written by Labdock: the container engine alone comes from here, see",
        "# preferences.d/labdock-engine.",
        "Types: deb",
        f"URIs: {mirror.uri}",
        f"Suites: {suite}",
        "Components: main",
    ]
    if mirror.signed_by:
        lines.append(f"Signed-By: {mirror.signed_by}")
    return "\n".join(lines) + "\n"


def pin_text(packages: Sequence[str], suite: str) -> str:
    """Write preferences that take ``packages`` from the suite and never anything else."""
    return (
        f"# Written by Labdock: nothing but the container engine is taken from {suite}.\n"
        f"Package: *\nPin: release n={suite}\nPin-Priority: -1\n\n"
        f"Package: {' '.join(packages)}\nPin: release n={suite}\nPin-Priority: 990\n"
    )


def update(console: Console) -> None:
    """Read the package lists anew."""
    stream(
        [*PATIENT, "update"],
        console,
        failure="apt-get update failed",
        remedy="Check the network and the files in /etc/apt/sources.list.d, then run this again.",
    )


def install(packages: Sequence[str], console: Console) -> None:
    """Install packages without a question and without what they merely recommend."""
    stream(
        [*PATIENT, "install", "-y", "--no-install-recommends", *packages],
        console,
        failure=f"apt-get could not install {' '.join(packages)}",
        remedy="Run `apt-get -f install`, read what apt says, then run this again.",
        environment={"DEBIAN_FRONTEND": "noninteractive"},
    )
