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
from workspace_cli.core.naming import DEFAULT_WORKSPACE
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
    "mount_missing": "warning",
    "from_admin": "warning",
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
    return _form(notice)() % values


def _form(notice: Notice) -> Callable[[], str]:
    if notice.kind == "safe_mode":
        return _SAFE_MODE.get(str(notice.values.get("why")), _SENTENCES["safe_mode"])
    if notice.kind == "disk_soft" and "limit" not in notice.values:
        return _without_hard_limit
    return _SENTENCES[notice.kind]


class _Values(dict[str, str]):
    """What a sentence may name, written for people."""

    def __init__(self, notice: Notice, timezone: str) -> None:
        name = notice.workspace
        # Members know it by the title of its card.
        super().__init__(workspace=_("Default workspace") if name == DEFAULT_WORKSPACE else name)
        for name, value in notice.values.items():
            if name in ("ends", "stops"):
                self[name] = moment(float(value), timezone)
            elif name in ("limit", "used", "free", "soft") and value is not None:
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
        "what you installed and gets a GPU that works."
    ),
    "disk_soft": lambda: _(
        "You use %(used)s of the disk; from %(limit)s on nothing new can be started or saved. "
        "Remove what you no longer need."
    ),
    "disk_hard": lambda: _(
        "You use %(used)s of the disk, more than your %(limit)s: nothing new can be started or "
        "saved until you remove something."
    ),
    "mount_missing": lambda: _(
        "“%(workspace)s” started without %(target)s: this folder of the lab is not on the machine "
        "now. Ask an admin, then restart the workspace."
    ),
    "from_admin": lambda: _("%(by)s, who runs the lab, about “%(workspace)s”: %(text)s"),
    "safe_mode": lambda: _(
        "“%(workspace)s” runs in safe mode as you asked: files and a terminal, without your "
        "environment. Mend what is broken in a terminal, then restart it."
    ),
}
_SAFE_MODE: Mapping[str, Callable[[], str]] = {
    "disk": lambda: _(
        "“%(workspace)s” runs in safe mode, without your environment: the disk is full or cannot "
        "be written to. Delete what you no longer need, then restart it."
    ),
    "environment": lambda: _(
        "“%(workspace)s” runs in safe mode, without your environment: its Python is gone. Run "
        "labdock-repair in a terminal, then restart it."
    ),
}
"""By why; whoever asked for it reads the sentence above."""


def _without_hard_limit() -> str:
    return _(
        "You use %(used)s of the disk; the lab asks everybody to stay below %(soft)s. Remove what "
        "you no longer need."
    )
