"""What a Dockerfile builds on, read as far as that needs.

Grammar: https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workspace_cli.core.errors import InvalidInputError
from workspace_cli.core.references import shown

_DIRECTIVE = re.compile(r"#\s*([a-z]+)\s*=\s*(.+?)\s*$", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_][\w.]*)\1")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))")
_FROM_OPTION = re.compile(r"--from=(\S+)")
_MOUNT = re.compile(r"--mount=(\S+)")
NOTHING = "scratch"
LENT = ("wheels", "ca")
"""Build contexts that every build is lent, beside its stages."""


@dataclass(frozen=True)
class Bases:
    """What a Dockerfile stands on: its last stage's image, and every image that it names."""

    base: str
    images: tuple[str, ...]


@dataclass(frozen=True)
class _Stage:
    image: str
    name: str


def bases(text: str, arguments: Mapping[str, str] | None = None) -> Bases:
    """Return the images that a Dockerfile names; ``arguments`` replace its own defaults.

    Raises InvalidInputError for one without ``FROM``, and for one that asks a registry
    for the program that reads it.
    """
    if found := _syntax(text):
        raise InvalidInputError(
            f"Its line `# syntax={found}` fetches a program from a registry to read the file.",
            "Take the line out: here-documents, mounts and secrets work without it.",
        )
    stages: list[_Stage] = []
    known: dict[str, str] = {}
    others: list[str] = []
    for keyword, rest in instructions(text):
        if keyword == "ARG" and not stages:
            known |= _defaults(rest, known, arguments or {})
        elif keyword == "FROM":
            stages.append(_stage(_expanded(rest, known)))
        elif keyword in ("COPY", "ADD", "RUN"):
            others += _sources(rest)
    if not stages:
        raise InvalidInputError("It has no FROM line.", "Begin with FROM labdock/pytorch.")
    return _resolved(stages, others)


def _syntax(text: str) -> str:
    """Return the value of the directive ``syntax``; directives end at the first other line."""
    for line in text.lstrip("\ufeff").splitlines():
        match = _DIRECTIVE.fullmatch(line.strip())
        if match is None:
            return ""
        if match[1].lower() == "syntax":
            return match[2]
    return ""


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction in capitals with what follows it, continued lines joined."""
    escape = "`" if re.match(r"(?i)#\s*escape\s*=\s*`", text) else "\\"
    lines = iter(text.splitlines())
    for line in lines:
        whole = line.strip()
        if not whole or whole.startswith("#"):
            continue
        while whole.endswith(escape):
            following = next(lines, "").strip()
            whole = whole[:-1] + (" " if following.startswith("#") else f" {following}")
            if following.startswith("#"):
                whole += escape  # a comment between continued lines is passed over
        keyword, _, rest = whole.partition(" ")
        yield keyword.upper(), rest.strip()
        if keyword.upper() in ("RUN", "COPY", "ADD"):
            for _, end in _HEREDOC.findall(rest):
                _skip(lines, end)


def _skip(lines: Iterator[str], end: str) -> None:
    for line in lines:
        if line.strip() == end:
            return


def _defaults(
    rest: str, known: Mapping[str, str], arguments: Mapping[str, str]
) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for word in rest.split():
        name, _, value = word.partition("=")
        plain = _expanded(value.strip("\"'"), {**known, **found})
        found[name] = arguments.get(name, plain)
    return found


def _expanded(text: str, known: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        found = known.get(match[1] or match[4], "")
        if match[2] == "-":
            return found or match[3]
        if match[2] == "+":
            return match[3] if found else ""
        return found

    return _VARIABLE.sub(value, text)


def _stage(rest: str) -> _Stage:
    words = [word for word in rest.split() if not word.startswith("--")]
    if not words:
        raise InvalidInputError(
            f"FROM {shown(rest)} names no image.", "A variable in it has no value: see --on."
        )
    named = len(words) == 3 and words[1].upper() == "AS"
    return _Stage(words[0], words[2].lower() if named else "")


def _sources(rest: str) -> Iterator[str]:
    """Yield the stages and images that an instruction takes files from."""
    options = " ".join(word for word in rest.split() if word.startswith("--"))
    yield from _FROM_OPTION.findall(options)
    for mount in _MOUNT.findall(options):
        fields = dict(part.partition("=")[::2] for part in mount.split(","))
        if "from" in fields:
            yield fields["from"]


def _resolved(stages: list[_Stage], others: list[str]) -> Bases:
    by_name: dict[str, str] = {}
    images: list[str] = []
    base = ""
    for stage in stages:
        base = by_name.get(stage.image.lower(), stage.image)
        if base == stage.image and base != NOTHING:
            images.append(base)
        if stage.name:
            by_name[stage.name] = base
    own = {*by_name, *map(str, range(len(stages))), *LENT, NOTHING}
    images += [other for other in others if other.lower() not in own]
    return Bases(base, tuple(dict.fromkeys(images)))
