"""What ``workspace build`` is pointed at: a Dockerfile, or a list of packages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core.errors import InvalidInputError, NotFoundError
from workspace_cli.core.references import shown

NAMES = ("Dockerfile", "environment.toml", "environment", "requirements.txt")
"""What is looked for in a folder; the first that is there is taken."""
LONGEST = 1 << 20
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]*(?:=[A-Za-z0-9.+:~-]+)?")
_APT = """\
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\
    apt-get update \\
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends {packages}
"""
# Building a package of one's own writes beside its source: into a copy that nobody keeps.
_PIP = """\
RUN --mount=type=bind,source=.,target=/run/labdock-build,rw \\
    --mount=type=bind,from=lists,target=/run/labdock-lists \\
    --mount=type=bind,from=wheels,target=/run/labdock-wheels \\
    --mount=type=secret,id=pipconf,target=/run/secrets/pipconf \\
    --mount=type=cache,target=/root/.cache/pip \\
    umask 002 && cd /run/labdock-build \\
    && PIP_CONFIG_FILE=/run/secrets/pipconf /opt/env/bin/python -m pip install \\
        --disable-pip-version-check --cache-dir=/root/.cache/pip \\
        --find-links=/run/labdock-wheels --requirement={file}
"""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What to build: ``dockerfile`` is None where packages are named.

    ``folder`` is what the build sees, None for nothing but the lists; ``requirements``
    is a pip requirements file, given as text in ``pip`` where it was written by hand.
    """

    path: Path
    folder: Path | None = None
    dockerfile: Path | None = None
    apt: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    on: str = ""

    @property
    def name(self) -> str:
        """What it is called where nobody says: the folder's name, or the file's."""
        whole = self.path.resolve()
        plain = whole.parent.name if whole.name in NAMES else whole.stem
        return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def read_source(path: Path) -> Source:
    """Return what a path asks for; NotFoundError, InvalidInputError where it asks for nothing."""
    if not path.exists():
        raise NotFoundError(f"{path} does not exist.", "Name a folder or a file.")
    if path.is_dir():
        found = next((path / name for name in NAMES if (path / name).is_file()), None)
        if found is None:
            raise InvalidInputError(
                f"{path} holds nothing to build.", f"Put one of these into it: {', '.join(NAMES)}."
            )
        return _read(found, path)
    return _read(path, None)


def _read(file: Path, folder: Path | None) -> Source:
    text = read_text(file)
    if "dockerfile" in file.name.lower():
        return Source(path=file, folder=folder or file.parent, dockerfile=file)
    if file.suffix == ".toml":
        return _from_toml(file, folder, text)
    if file.suffix == ".txt" or file.name.startswith("requirements"):
        return Source(path=file, folder=folder, pip=tuple(text.splitlines()))
    return _from_list(file, folder, text)


def read_text(file: Path) -> str:
    """Return a file's text; InvalidInputError where it cannot be read."""
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or "it is not UTF-8 text"
        raise InvalidInputError(f"{file} cannot be read: {reason}.", "Name another file.") from exc
    if len(text) > LONGEST:
        raise InvalidInputError(f"{file} is too long.", "Name another file.")
    return text


def _from_toml(file: Path, folder: Path | None, text: str) -> Source:
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise InvalidInputError(f"{file} is no TOML: {exc}.", "Correct it.") from exc
    unknown = sorted(set(table) - {"apt", "pip", "on"})
    lists = [table.get(name, []) for name in ("apt", "pip")]
    wrong = not isinstance(table.get("on", ""), str) or not all(
        isinstance(one, list) and all(isinstance(word, str) for word in one) for one in lists
    )
    if unknown or wrong:
        what = f"has {', '.join(unknown)}" if unknown else "has a value of another kind"
        raise InvalidInputError(
            f"{file} {what}.",
            'It may have: apt = ["ffmpeg"], pip = ["einops==0.8.1"], on = "labdock/pytorch".',
        )
    return _packages(file, folder, lists[0], lists[1], table.get("on", ""))


def _from_list(file: Path, folder: Path | None, text: str) -> Source:
    """Read lines such as ``apt: ffmpeg sox``, ``pip: einops==0.8.1``, ``on: labdock/base``."""
    apt: list[str] = []
    pip: list[str] = []
    on = ""
    for number, line in enumerate(text.splitlines(), 1):
        plain = re.sub(r"(^|\s)#.*", "", line).strip()
        kind, colon, rest = plain.partition(":")
        if not plain:
            continue
        if kind.strip() == "apt" and colon:
            apt += rest.split()
        elif kind.strip() == "pip" and colon:
            # One requirement a line may hold blanks (torch >= 2; python_version > "3.8").
            pip += [rest.strip()] if re.search(r"[;<>=@]\s|\s[;<>=@]", rest) else rest.split()
        elif kind.strip() == "on" and colon:
            on = rest.strip()
        else:
            raise InvalidInputError(
                f"Line {number} of {file} is not understood: {shown(plain)}.",
                "Write `apt: NAME…`, `pip: NAME…` or `on: IMAGE`.",
            )
    return _packages(file, folder, apt, pip, on)


def _packages(
    file: Path, folder: Path | None, apt: Iterable[str], pip: Iterable[str], on: str
) -> Source:
    source = Source(path=file, folder=folder, apt=tuple(apt), pip=tuple(pip), on=on)
    for name in source.apt:
        if not _PACKAGE.fullmatch(name):
            raise InvalidInputError(
                f"{shown(name)} is no name of a package for apt.", "Write NAME or NAME=VERSION."
            )
    for requirement in source.pip:
        if "\n" in requirement or requirement.startswith("-"):
            raise InvalidInputError(
                f"{shown(requirement)} is no requirement.",
                "Options of pip belong into a requirements.txt.",
            )
    if not source.apt and not source.pip:
        raise InvalidInputError(f"{file} names no package.", "Add some, for example pip: einops.")
    return source


def dockerfile_for(source: Source) -> str:
    """Return the Dockerfile that installs a source's packages on the argument BASE."""
    parts = ["ARG BASE\nFROM scratch AS wheels\nFROM scratch AS lists\nFROM ${BASE}\nUSER 0\n"]
    if source.apt:
        parts.append(_APT.format(packages=" ".join(source.apt)))
    if source.pip:
        # Where it lies beside other files, it may name them (-r more.txt, ./package).
        own = source.path.suffix == ".txt" and source.folder is not None
        file = source.path.name if own else "/run/labdock-lists/requirements.txt"
        parts.append(_PIP.format(file=file))
    return "".join(parts)
