"""What our templates may use: texts in the request's language, addresses, dates."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, cast
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_timedelta
from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.ext import InternationalizationExtension
from jinja2.runtime import Context
from tornado.httputil import HTTPServerRequest, url_concat

from hub import cards, languages, offers, particles

HERE = Path(__file__).parent
ASSETS = HERE / "static"
TEMPLATES = HERE / "templates"

_Unit = Literal["day", "hour", "minute", "second"]
current_request: ContextVar[HTTPServerRequest | None] = ContextVar("labdock-request", default=None)
"""The request under way, for what JupyterHub does not hand on to a template or a form."""


class PagesExtension(InternationalizationExtension):
    """Gives templates ``_()`` in the request's language, and our few functions and filters.

    The hub's environment is made by JupyterHub; an extension is the one door into it.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._install_callables(languages.gettext_, languages.ngettext_, newstyle=True)
        environment.globals.update(
            gettext=_fitting(cast("Callable[..., str]", environment.globals["gettext"])),
            language=languages.current.get,
            languages=languages.LANGUAGES,
            language_url=language_url,
            asset=asset,
            cards_of=cards.of_user,
            asked_server=asked_server,
            now=_now,
        )
        environment.filters.update(
            translated=translated,
            ago=ago,
            moment=moment,
            size=offers.format_size,
            span=span,
            scope_words=scope_words,
            token_note=token_note,
        )


def _fitting(said: Callable[..., str]) -> Callable[..., str]:
    """Let a text's particles fit the names that a template puts in it."""

    @pass_context
    def fitting(context: Context, text: str, **values: object) -> str:
        found = said(context, text, **values)
        # Of Markup comes Markup: what was escaped stays so.
        return type(found)(particles.fitting(found))

    return fitting


JINJA_OPTIONS = {"extensions": [PagesExtension], "trim_blocks": True, "lstrip_blocks": True}


@cache
def environment() -> Environment:
    """Return an environment for what is rendered outside of a handler: the spawn form."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, **JINJA_OPTIONS)  # type: ignore[arg-type]


def language_url(base_url: str, language: str) -> str:
    """Return the address that shows the page at hand in another language."""
    request = current_request.get()
    here = request.uri if request is not None else None
    return str(url_concat(f"{base_url}language/{language}", {"next": here or base_url}))


def asked_server() -> str | None:
    """Return the server whose spawn page is asked for, None on every other page.

    When a posted form fails, JupyterHub hands the template and the form the
    user's *default* server, whatever server was meant; the address knows better.
    """
    request = current_request.get()
    if request is None or "/spawn/" not in request.path:
        return None
    _, _, path = request.path.partition("/spawn/")
    return unquote(path.partition("/")[2])


def asset(base_url: str, path: str) -> str:
    """Return the address of a file of ``static/``, new whenever any of them changes."""
    return f"{base_url}assets/{_assets_version()}/{path}"


@cache
def _assets_version() -> str:
    digest = hashlib.sha256()
    for path in sorted(ASSETS.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(ASSETS).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def ago(when: datetime | None) -> str:
    """Write a moment (UTC where it names no zone) as a distance from now: "3 hours ago"."""
    if when is None:
        return languages.gettext_("never")
    return format_timedelta(
        _aware(when) - datetime.now(UTC), add_direction=True, locale=languages.current.get()
    )


def moment(when: datetime | None, timezone: str, *, seconds: bool = True) -> str:
    """Write a moment (UTC where it names no zone) as date and time of day in a zone."""
    if when is None:
        return ""
    local, language = _aware(when).astimezone(ZoneInfo(timezone)), languages.current.get()
    # Twenty-four hours in both languages: what people read out of a log.
    clock = format_skeleton("Hms" if seconds else "Hm", local, tzinfo=local.tzinfo, locale=language)
    return f"{format_date(local, 'medium', locale=language)} {clock}"


def token_note(note: str) -> str:
    """Return what a token is for: JupyterHub notes a workspace by its escaped address."""
    server, address = "Server at ", note.removeprefix("Server at ")
    return translated(server + unquote(address) if note.startswith(server) else note)


def scope_words(scope: str) -> str:
    """Return what JupyterHub says that a scope allows; '' where it says nothing of it.

    >>> scope_words("servers!user=kim")
    'Start and stop user servers.'
    """
    # Of the hub alone: the portal renders no list of tokens, and its process has no JupyterHub.
    from jupyterhub.scopes import scope_definitions

    return str(scope_definitions.get(scope.partition("!")[0], {}).get("description", ""))


def span(seconds: float) -> str:
    """Write how long something lasts in its largest whole unit: "3 days", "90 minutes"."""
    units: dict[_Unit, int] = {"day": 86400, "hour": 3600, "minute": 60}
    whole = (unit for unit, length in units.items() if seconds >= length and seconds % length == 0)
    return format_timedelta(
        timedelta(seconds=seconds),
        granularity=next(whole, "second"),
        # Never a larger unit than the one in which it is a whole number.
        threshold=math.inf,
        locale=languages.current.get(),
    )


def translated(text: object) -> str:
    """Translate a message that Python code wrote in English."""
    return languages.translate("" if text is None else str(text))


def _aware(when: datetime) -> datetime:
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)
