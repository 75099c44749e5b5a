"""Links that open a repository: what one may name, and the lab's list of what is allowed.

A link is a stranger's text.  It is read by a grammar narrower than git's, and nothing of
it is ever handed on as it came: what this module returns has been put together anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from workspace_cli.core.errors import InvalidOptionError, NotAllowedError

LONGEST = 300
"""Characters of a repository's address, and of a path in it."""
_PORTS = {"https": 443, "http": 80}
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SEGMENT = "[A-Za-z0-9_~.][A-Za-z0-9_~.-]*"
_ADDRESS = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?"
    rf"/(?P<path>{_SEGMENT}(?:/{_SEGMENT})*)/?",
    re.ASCII,
)
_RULE = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?"
    rf"/(?P<path>(?:(?:{_SEGMENT}|\*)/)*(?:{_SEGMENT}|\*\*?))/?",
    re.ASCII,
)
_HOW = (
    "write repositories as https://github.com/our-lab/* (one level; ** for all levels) "
    "or https://git.example.org/course.git"
)
_BRANCH = re.compile(r"[\w+][\w+.-]*(?:/[\w+][\w+.-]*)*")


@dataclass(frozen=True)
class Repository:
    """A repository that git fetches over HTTP: ``url`` is what git gets."""

    site: str
    """``https://git.example.org:8443``, in lower case, without the scheme's own port."""
    path: tuple[str, ...]

    @property
    def url(self) -> str:
        """The address, as git gets it."""
        return f"{self.site}/{'/'.join(self.path)}"

    @property
    def plain(self) -> tuple[str, ...]:
        """The path without the ``.git`` that most servers take or leave."""
        return _without_suffix(self.path)

    @property
    def folder(self) -> str:
        """The folder under /workspace that it goes to; never a hidden one."""
        return self.plain[-1].lstrip("._~-") or "repository"


@dataclass(frozen=True)
class Wanted:
    """What a link opens: no branch is the repository's own first one, no path its folder."""

    repository: Repository
    branch: str = ""
    path: str = ""


def parse_repository(text: str) -> Repository:
    """Read a repository's address; InvalidOptionError for anything but a plain HTTP one.

    >>> parse_repository("https://GitHub.com/our-lab/course.git/").url
    'https://github.com/our-lab/course.git'
    """
    plain = text.strip() if text.isascii() and len(text) <= LONGEST else ""
    found = _ADDRESS.fullmatch(_lower_site(plain))
    path = tuple(found["path"].split("/")) if found else ()
    if found is None or not _is_path(path) or not (site := _site(found)):
        raise InvalidOptionError(
            "This is not the address of a repository.",
            "Write it as https://github.com/OWNER/NAME, without a name, a password or a '?' in it.",
        )
    return Repository(site, path)


def parse_branch(text: str) -> str:
    """Read a branch's or a tag's name, '' for the repository's own; InvalidOptionError.

    Source: git-check-ref-format(1), of which this allows a part.
    """
    name = text.strip()
    parts = name.split("/")
    odd = ".." in name or any(part.endswith((".", ".lock")) for part in parts)
    if name and (len(name) > 100 or odd or not _BRANCH.fullmatch(name)):
        raise InvalidOptionError("This is not the name of a branch or a tag.", "Correct the link.")
    return name


def parse_path(text: str) -> str:
    """Read the path of a file or a folder in a repository, '' for all of it.

    >>> parse_path("/notebooks//one.ipynb")
    'notebooks/one.ipynb'
    """
    parts = [part for part in text.strip().split("/") if part not in ("", ".")]
    strange = any(part == ".." or part.casefold() == ".git" or "\\" in part for part in parts)
    if strange or len(text) > LONGEST or not "".join(parts).isprintable():
        raise InvalidOptionError(
            "This is not a path inside the repository.",
            "Write it as notebooks/one.ipynb, without '..'.",
        )
    return "/".join(parts)


def parse_wanted(repository: str, branch: str = "", path: str = "") -> Wanted:
    """Read all that a link says; InvalidOptionError."""
    return Wanted(parse_repository(repository), parse_branch(branch), parse_path(path))


def _rule(value: str) -> str:
    found = _RULE.fullmatch(_lower_site(value))
    if found is None or not _is_path(tuple(found["path"].split("/"))) or not (site := _site(found)):
        raise ValueError(_HOW)
    return f"{site}/{found['path']}"


Rule = Annotated[str, AfterValidator(_rule)]


class OpenRules(BaseModel):
    """Which repositories links may open: table ``[open]`` of ``policy.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    allow: tuple[Rule, ...] = ()
    """``*`` stands for one part of a path, ``**`` at the end for one or more; none is off."""

    def allows(self, repository: Repository) -> bool:
        """Tell whether the list has a repository: scheme, host and port must be the same."""
        return any(_fits(rule, repository) for rule in self.allow)

    def check(self, repository: Repository) -> None:
        """Raise NotAllowedError where the list has it not."""
        if not self.allow:
            raise NotAllowedError(
                "This lab opens no repositories by links.",
                "An admin allows some under [open] in policy.toml.",
            )
        if not self.allows(repository):
            raise NotAllowedError(
                f"{repository.url} is not on the lab's list of repositories.",
                "An admin adds it under [open] in policy.toml.",
            )


def _fits(rule: str, repository: Repository) -> bool:
    scheme, _, rest = rule.partition("://")
    host, _, path = rest.partition("/")
    if f"{scheme}://{host}" != repository.site:
        return False
    wanted, given = _without_suffix(tuple(path.split("/"))), repository.plain
    if wanted[-1] == "**":
        wanted = wanted[:-1] + ("*",) * max(1, len(given) - len(wanted) + 1)
    if len(wanted) != len(given):
        return False
    return all(one in ("*", other) for one, other in zip(wanted, given, strict=True))


def _lower_site(text: str) -> str:
    """Scheme and host in lower case: they are the same in any; a path is not."""
    scheme, colon, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{colon}{host.lower()}{slash}{path}"


def _site(found: re.Match[str]) -> str:
    scheme, host, port = found["scheme"], found["host"], found["port"]
    number = int(port) if port else _PORTS[scheme]
    if not 0 < number < 65536 or len(host) > 253:
        return ""
    return f"{scheme}://{host}" if number == _PORTS[scheme] else f"{scheme}://{host}:{number}"


def _is_path(parts: tuple[str, ...]) -> bool:
    return len(parts) <= 20 and not {".", "..", ".git"} & set(parts)


def _without_suffix(path: tuple[str, ...]) -> tuple[str, ...]:
    return (*path[:-1], path[-1].removesuffix(".git") or path[-1])
