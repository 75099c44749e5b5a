"""The sentence of each notice, in every language of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton

from hub import languages
from hub.languages import gettext_ as _
from hub.offers import format_size
from workspace_cli.core.notices import Kind, Notice

ACTIONS: Mapping[Kind, tuple[str, ...]] = {
    "lease_ending": ("extend", "dismiss"),
    "idle_warning": ("keep",),
}
"""What the reader can do about it with one click; the others are dismissed."""
LEVELS: Mapping[Kind, str] = {
    "lease_ending": "warning",
    "idle_warning": "warning",
    "disk_soft": "warning",
    "disk_hard": "error",
    "out_of_memory": "error",
    "gpu_lost": "error",
}


def level(notice: Notice) -> str:
    """Return ``info``, ``warning`` or ``error``."""
    return LEVELS.get(notice.kind, "info")


def actions(notice: Notice) -> tuple[str, ...]:
    """Return what the reader can do about it."""
    return ACTIONS.get(notice.kind, ("dismiss",))


def in_language(notice: Notice, language: str, timezone: str) -> str:
    """Return the notice's sentence in a language, moments in the lab's time zone."""
    token = languages.current.set(language)
    try:
        return sentence(notice, timezone)
    finally:
        languages.current.reset(token)


def everywhere(notice: Notice, timezone: str) -> dict[str, Any]:
    """Return the notice as a workspace's server takes it, in all languages at once."""
    return {
        "id": notice.id,
        "level": level(notice),
        "text": {one: in_language(notice, one, timezone) for one in languages.LANGUAGES},
        "actions": list(actions(notice)),
    }


def sentence(notice: Notice, timezone: str) -> str:
    """Return the notice's sentence in the language of the request."""
    values = _Values(notice, timezone)
    return _SENTENCES[notice.kind]() % values


class _Values(dict[str, str]):
    """What a sentence may name, written for people."""

    def __init__(self, notice: Notice, timezone: str) -> None:
        super().__init__(workspace=notice.workspace)
        for name, value in notice.values.items():
            if name in ("ends", "stops"):
                self[name] = moment(float(value), timezone)
            elif name in ("limit", "used", "free"):
                self[name] = format_size(int(value))
            else:
                self[name] = str(value)

    def __missing__(self, name: str) -> str:
        return "–"


def moment(at: float, timezone: str) -> str:
    """Write a moment as date and time of day, to the minute."""
    local, language = datetime.fromtimestamp(at, ZoneInfo(timezone)), languages.current.get()
    clock = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=language)
    return f"{format_date(local, 'medium', locale=language)} {clock}"


_SENTENCES: Mapping[Kind, Callable[[], str]] = {
    "lease_ending": lambda: _(
        "The GPU lease of “%(workspace)s” ends on %(ends)s; the workspace is stopped then. "
        "Save your work, or extend it."
    ),
    "lease_ended": lambda: _(
        "The GPU lease of “%(workspace)s” has ended and the workspace was stopped. What you "
        "installed and your files are kept; start it again when you need it."
    ),
    "idle_warning": lambda: _(
        "Nothing has run in “%(workspace)s” for a long while; it is stopped on %(stops)s "
        "unless something runs before."
    ),
    "idle_stopped": lambda: _(
        "“%(workspace)s” was stopped because nothing ran in it. What you installed and your "
        "files are kept."
    ),
    "out_of_memory": lambda: _(
        "A program in “%(workspace)s” needed more memory than the workspace has (%(limit)s) "
        "and was ended. Use less at a time, or start the workspace with more memory."
    ),
    "gpu_lost": lambda: _(
        "The GPU of “%(workspace)s” has failed (%(reason)s). Restart the workspace: it keeps "
        "what you installed and gets another GPU."
    ),
    "disk_soft": lambda: _(
        "You use %(used)s of the disk; from %(limit)s on nothing new can be started or saved. "
        "Remove what you no longer need."
    ),
    "disk_hard": lambda: _(
        "You use %(used)s of the disk, more than your %(limit)s: nothing new can be started or "
        "saved until you remove something."
    ),
    "safe_mode": lambda: _(
        "“%(workspace)s” runs in safe mode, without your environment: %(reason)s. Mend that in "
        "a terminal, then restart it."
    ),
}
