"""Tells by what is in a file that it is likely to hold a secret: standard library alone.

What is said of a file never holds any part of what was found in it.
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote

from workspace_cli.core.suspects_names import is_example

LARGEST_TEXT = 1024 * 1024
"""Bytes of a file that is searched for what looks like a secret; larger ones are data."""
LARGEST_SEARCHED = 16 * 1024 * 1024
"""Bytes of a file that is searched for values that are known: beyond are models and data."""
_CHUNK = 1024 * 1024
_SHORT = 8
"""Known values below this length are words of the language; they count only after = or :."""

_KEY_BLOCK = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\n|[\s\"'])[\w+/=\s:.,\\-]{20}"
)
_MACHINE = re.compile(rb"\bmachine\s+\S+\s+login\s+\S+\s+password\s+\S+")
# (what must be in the file at all, the whole, whose it is)
_TOKENS: tuple[tuple[bytes, re.Pattern[bytes], str], ...] = tuple(
    (start, re.compile(rb"(?<![\w-])" + start + rest), whose)
    for start, rest, whose in (
        *(
            (start, rb"[A-Za-z0-9]{36,}", "GitHub")
            for start in (b"ghp_", b"gho_", b"ghs_", b"ghr_")
        ),
        (b"github_pat_", rb"\w{40,}", "GitHub"),
        (b"glpat-", rb"[\w-]{20,}", "GitLab"),
        (b"hf_", rb"[A-Za-z0-9]{30,}", "Hugging Face"),
        (b"sk-", rb"[\w-]{32,}", "a model's API"),
        (b"AKIA", rb"[A-Z0-9]{16}(?!\w)", "Amazon"),
        (b"ASIA", rb"[A-Z0-9]{16}(?!\w)", "Amazon"),
        (b"AIza", rb"[\w-]{35}", "Google"),
        (b"xox", rb"[abeoprs]-[\w-]{10,}", "Slack"),
        (b"npm_", rb"[A-Za-z0-9]{36}", "npm"),
        (b"pypi-", rb"AgE[\w-]{40,}", "a package index"),
        (b"dckr_pat_", rb"[\w-]{20,}", "a container registry"),
        (b"eyJ", rb"[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}", "a web service (JWT)"),
    )
)
_ADDRESS = re.compile(rb"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@\"'<>]*:([^\s/@\"'<>]+)@[\w.-]")
_HEADER = re.compile(
    rb"(?i)authorization[\"']?[ \t]*[:=][ \t]*[\"']?(?:basic|bearer|token)[ \t]+([\w+/=.-]{12,})"
)
_HASH = re.compile(rb"^[\w-]+:\$[0-9a-z]{1,3}\$", re.MULTILINE)
_ASSIGNED = re.compile(
    rb"(token|passw(?:or)?d|passphrase|secret|(?:api|access|secret|private|auth|account)[_-]?key"
    rb"|_auth|credentials?)([\"']?[ \t]*(=|:)[ \t]*)(?:\"([^\"\r\n]*)\"|'([^'\r\n]*)'"
    rb"|([^\s\"'#;,&]+))",
    re.IGNORECASE,
)
_WORDS = (b"token", b"passw", b"passphrase", b"secret", b"key", b"_auth", b"credential")
# Of language models: nobody's secret.
_TOKENISERS = re.compile(
    rb"(?i)(?:pad|eos|bos|unk|sep|cls|mask|stop|special|added|additional|next|image|start|end|eot)_?$"
)
_PLACEHOLDER = re.compile(
    rb"(?i)^(?:[$%<{\[(*`|].*|x+|-+|(?:your|my|the|some|a)?[-_ ]?(?:very[-_ ]?)?(?:api|access)?"
    rb"[-_ ]?(?:pass(?:word|wd)?|token|secret|key|credentials?)?[-_ ]?(?:here|goes[-_ ]here|value)?"
    rb"|change[-_ ]?(?:me|it|this).*|(?:.*[-_ ])?(?:example|placeholder|dummy|sample)(?:[-_ ].*)?"
    rb"|none|null|nil|undefined|true|false|yes|no|on|off|todo|tbd|string|str|int|bool|optional"
    rb"|required|prompt|ask|file|self\..*|os\..*|env\..*|process\.env.*|args\..*|config\..*"
    rb"|settings\..*|.*\(.*|.*EXAMPLE.*)$"
)
_VARIABLE = re.compile(rb"^[A-Z]+(?:_[A-Z0-9]+)+$")
"""The name of a variable that holds it, as in PASSWORD = "DB_PASSWORD"."""
_FILE = re.compile(rb"^(?:~|\.{1,2})?/(?:[\w.-]+/)+[\w.-]+$")
"""The file that holds it, as in PASSWD = "/etc/passwd"."""
_SETTINGS = frozenset(
    ("", ".env", ".ini", ".cfg", ".conf", ".cnf", ".toml", ".yaml", ".yml", ".sh", ".bash", ".zsh",
     ".fish", ".properties", ".rc", ".service", ".list", ".sources", ".local", ".config")
)  # fmt: skip
_PROSE = frozenset((".md", ".rst", ".txt", ".html", ".htm", ".log", ".csv", ".tsv", ".tex"))
_DATA = (".json", ".jsonl", ".xml", ".plist")
_BROUGHT = ("usr/", "var/lib/", "var/cache/", "etc/ssl/", "etc/alternatives/", "opt/labdock/")
"""Where programs lie, not what members write: nobody sets a password there."""
_LIBRARIES = ("/site-packages/", "/dist-packages/", "/node_modules/")
_LONGEST_LINE = 20_000
"""Characters of a line of code that a person may have written."""


def by_content(path: str, data: bytes) -> tuple[str, str] | None:
    """Return what a file is likely to hold and why, judged by its content; None for most."""
    is_library = any(name in path for name in _LIBRARIES)
    if b"\0" in data[:8192] or (is_library and is_example(path)):
        return None
    if b"PRIVATE KEY" in data and _KEY_BLOCK.search(data):
        return "private key", "holds a private key"
    for start, pattern, whose in _TOKENS:
        if start in data and any(_is_random(found[0]) for found in pattern.finditer(data)):
            return "access token", f"holds what looks like a token of {whose}"
    if is_library or is_example(path):
        return None
    if b"machine" in data and _MACHINE.search(data):
        return "passwords", "holds a name and a password of another machine"
    if b"://" in data and any(_is_value(found[1]) for found in _ADDRESS.finditer(data)):
        return "passwords", "holds an address with a password in it"
    if any(_is_random(found[1]) for found in _HEADER.finditer(data)):
        return "passwords", "holds a request's password or token"
    if path in ("etc/shadow", "etc/shadow-") and _HASH.search(data):
        return "passwords", "holds a password, though hashed"
    if path.endswith(".docker/config.json") and b'"auth"' in data:
        return "passwords", "holds a registry's password"
    return _by_assignment(path, data)


def _by_assignment(path: str, data: bytes) -> tuple[str, str] | None:
    if path.startswith(_BROUGHT) and not path.startswith("usr/local/"):
        return None
    if path.endswith(".ipynb"):
        # Inside a notebook the source is a JSON text.
        data = data.replace(b'\\"', b'"').replace(b"\\n", b"\n")
    lower = data.lower()
    if not any(word in lower for word in _WORDS):
        return None
    suffix = posixpath.splitext(path)[1].lower()
    if _is_code(suffix) and max(map(len, data.split(b"\n"))) > _LONGEST_LINE:
        # Made by a program out of others.
        return None
    for found in _ASSIGNED.finditer(data):
        name = re.split(rb"[^\w.-]", data[max(0, found.start() - 60) : found.start()])[-1]
        if _is_secret(name, found, suffix):
            return "passwords", f"sets {_called(found[1])} on line {_line(data, found.start())}"
    return None


def _is_secret(before: bytes, found: re.Match[bytes], suffix: str) -> bool:
    """Tell whether an assignment gives a secret; ``before`` begins its name."""
    word, sign, quoted = found[1], found[3], found[4] or found[5]
    value = quoted or found[6] or b""
    loud = (before + word).isupper() and sign == b"="
    if _is_code(suffix) and sign == b":" and found[2][:1] not in (b'"', b"'"):
        return False
    if word.lower() == b"token" and _TOKENISERS.search(before):
        return False
    if suffix in _PROSE and not loud:
        return False
    if not quoted and not loud and suffix not in _SETTINGS:
        return False
    if not _is_value(value) or b" " in value:
        return False
    is_password = word.lower().startswith(b"passw")
    if loud and is_password:
        return True
    if suffix in _SETTINGS or (loud and not _is_code(suffix)):
        return len(value) >= 6 and not (value.isdigit() and not is_password)
    return len(value) >= 8 and _is_mixed(value)


def _is_code(suffix: str) -> bool:
    return suffix not in _SETTINGS and suffix not in _PROSE and suffix not in _DATA


def _is_value(value: bytes) -> bool:
    return bool(value) and not any(
        pattern.match(value) for pattern in (_PLACEHOLDER, _VARIABLE, _FILE)
    )


def _is_mixed(value: bytes) -> bool:
    return bool(re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]", value))


def _is_random(token: bytes) -> bool:
    return len(set(token)) >= 10 and not re.search(rb"(?i)example|x{6}|0{8}|your", token)


def _called(word: bytes) -> str:
    text = word.decode().lower().strip("_").replace("_", " ").replace("-", " ")
    if text.startswith("passw"):
        return "a password"
    text = text.replace("api", "API")
    return f"an {text}" if text[0] in "aA" else f"a {text}"


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


@dataclass(frozen=True)
class Known:
    """Secrets whose values are known: as they are, in other forms, and the short ones."""

    plain: tuple[bytes, ...]
    forms: tuple[bytes, ...]
    short: tuple[re.Pattern[bytes], ...]

    @classmethod
    def of(cls, values: Iterable[str]) -> Known:
        """Return what to search for; a value of three characters or fewer cannot be."""
        values = sorted(set(values))
        long = [value for value in values if len(value) >= _SHORT]
        plain = {value.encode(errors="surrogateescape") for value in long}
        short = [value.encode() for value in values if 3 < len(value) < _SHORT]
        return cls(
            _fewest(plain),
            _fewest(plain | {form for value in long for form in _forms(value)}),
            tuple(
                re.compile(rb"[=:][ \t]*[\"']?" + re.escape(value) + rb"(?!\w)") for value in short
            ),
        )

    def __bool__(self) -> bool:
        return bool(self.plain or self.short)

    def within(self, file: IO[bytes]) -> bool:
        """Tell whether a file holds one of the values; reads it piece by piece.

        Beyond its first piece a file is data, where nobody writes a value in another form.
        """
        piece = file.read(_CHUNK)
        if any(form in piece for form in self.forms):
            return True
        if any(pattern.search(piece) for pattern in self.short):
            return True
        overlap = max(map(len, self.plain), default=1) - 1
        while self.plain and (following := file.read(_CHUNK)):
            piece = piece[len(piece) - overlap :] + following if overlap else following
            if any(value in piece for value in self.plain):
                return True
        return False


def _fewest(forms: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the forms without those that hold another one: that is found anyway."""
    every = set(forms)
    return tuple(
        sorted(form for form in every if not any(one in form for one in every if one != form))
    )


def _forms(value: str) -> Iterator[bytes]:
    raw = value.encode(errors="surrogateescape")
    yield raw
    yield base64.b64encode(raw).rstrip(b"=")
    yield base64.urlsafe_b64encode(raw).rstrip(b"=")
    yield raw.hex().encode()
    yield quote(raw, safe="").encode()
    yield json.dumps(value)[1:-1].encode()
