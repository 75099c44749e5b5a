"""Reads a number of the command line."""

from __future__ import annotations

from workspace_cli.core.errors import InvalidOptionError


def whole_number(option: str, text: str, largest: int) -> int:
    """Return a number from 0 to ``largest``; InvalidOptionError names the option."""
    if text.isascii() and text.isdecimal() and len(text) <= len(str(largest)):
        number = int(text)
        if number <= largest:
            return number
    raise InvalidOptionError(
        f"{option} {text!r} is not a number.", f"Write a whole number from 0 to {largest}."
    )
