"""Numbers, times and cells as a person reads them on a terminal."""

from __future__ import annotations

import time
import unicodedata

_UNITS = ("B", "kB", "MB", "GB", "TB")


def clean(text: str) -> str:
    """Replace what could move a terminal's cursor; names and notes are other people's.

    >>> clean("two\\nlines")
    'two lines'
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def size(number: int) -> str:
    """Return a size in bytes as Docker writes it, in powers of a thousand.

    >>> size(1_500_000_000)
    '1.5 GB'
    """
    value, unit = float(number), _UNITS[0]
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"


def memory(number: int) -> str:
    """Return a memory limit in bytes the way it was probably given, in powers of 1024.

    >>> memory(4 * 1024**3)
    '4g'
    """
    for letter, factor in (("g", 1024**3), ("m", 1024**2), ("k", 1024)):
        if number >= factor and number % factor == 0:
            return f"{number // factor}{letter}"
    return f"{number}b"


def iso(moment: float) -> str:
    """Return a time as ISO 8601 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def local(moment: float) -> str:
    """Return a time as the clock on the wall shows it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))


def ago(seconds: float) -> str:
    """Return a stretch of time in its largest whole unit.

    >>> ago(7300)
    '2 hours'
    """
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return _plural(int(seconds // length), unit)
    return _plural(max(int(seconds), 0), "second")


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def width(text: str) -> int:
    """Return the columns that a text takes on a terminal: a Korean letter takes two."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def pad(text: str, columns: int) -> str:
    """Fill a text with spaces up to a width."""
    return text + " " * (columns - width(text))


def cut(text: str, columns: int) -> str:
    """Return as much of a text as fits into a width."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for character in text:
        used += _columns(character)
        if used > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
