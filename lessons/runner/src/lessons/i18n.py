"""The reader's language, and the runner's own messages."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

Lang = Literal["en", "ko"]
LANGUAGES: tuple[Lang, ...] = ("en", "ko")
DEFAULT: Lang = "ko"


def choose_language(flag: str | None = None, environ: Mapping[str, str] = os.environ) -> Lang:
    """The language to speak: the flag, else LESSONS_LANG, else the locale, else Korean."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    for wish in (flag, environ.get("LESSONS_LANG"), locale):
        short = (wish or "")[:2].lower()
        if short in LANGUAGES:
            return short
    return DEFAULT


def flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """A nested TOML table as one level of dotted keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


@cache
def read_strings(path: Path) -> dict[str, str]:
    """The texts of one strings file, by dotted key."""
    return flatten(tomllib.loads(path.read_text(encoding="utf-8")))


def message(lang: Lang, key: str, **values: object) -> str:
    """One of the runner's own messages, filled in."""
    text = read_strings(Path(__file__).with_name(f"messages.{lang}.toml"))[key]
    return text.format(**values)
