"""The language that a person reads, and every text of the pages in it.

The texts stand in ``locale/<language>/LC_MESSAGES/*.po``, in gettext's format.
They are read once, when the hub starts, straight from those files: nothing is
compiled beforehand, so nothing can be out of date.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hub import particles

LANGUAGES = {"en": "English", "ko": "한국어"}
"""Language → its own name for itself; the first is spoken where nobody asked for one."""
DEFAULT = "en"
COOKIE = "labdock-language"
LOCALE_DIR = Path(__file__).parent / "locale"

current: ContextVar[str] = ContextVar("labdock-language", default=DEFAULT)
"""The language of the request under way; ``pages.RequestLanguage`` sets it."""


def choose(accept_language: str, cookie: str | None = None) -> str:
    """Return the language of a request: the cookie's, else the browser's first that we speak.

    >>> choose("fr-FR, ko-KR;q=0.8, en;q=0.5")
    'ko'
    """
    if cookie in LANGUAGES:
        return str(cookie)
    wanted = []
    for place, part in enumerate(accept_language.split(",")):
        tag, _, parameter = part.partition(";")
        quality = _quality(parameter)
        if quality > 0:
            wanted.append((-quality, place, tag.strip().lower().partition("-")[0]))
    return next((tag for _, _, tag in sorted(wanted) if tag in LANGUAGES), DEFAULT)


def _quality(parameter: str) -> float:
    name, equals, value = parameter.strip().partition("=")
    if not equals or name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def translate(text: str, language: str | None = None) -> str:
    """Return a message of the core or the hub in a language, by default the request's.

    Messages with facts in them ("There is no image 'x'.") are found by their
    form in the catalogue ("There is no image {image}.").  The name of a field
    before a colon, and several sentences in a row, are translated one by one;
    what nobody translated stays English.
    """
    language = language or current.get()
    if language == DEFAULT or not text:
        return text
    field = _FIELD.match(text)
    if field and (name := _exact(language).get(field[1])):
        return f"{name} {translate(text[field.end() :], language)}"
    for end in _SENTENCE_END.finditer(text, 0, _LONGEST_SENTENCE):
        first = _lookup(text[: end.start()], language)
        if first is not None:
            return f"{first}{end[0]}{translate(text[end.end() :], language)}"
    # The rest of a long text is a log's: nobody translated it, and looking takes time.
    whole = _lookup(text, language) if len(text) <= _LONGEST_SENTENCE else None
    return text if whole is None else whole


def gettext_(text: str) -> str:
    """Translate a template's text into the request's language."""
    return translations(current.get()).gettext(text)


def ngettext_(singular: str, plural: str, number: int) -> str:
    """Translate a template's text that depends on a number."""
    return translations(current.get()).ngettext(singular, plural, number)


def load() -> None:
    """Read every file now, so that no request waits for it."""
    for language in LANGUAGES:
        translations(language)
        translate(".", language)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return gettext's view of a language's pages; English is what stands in the templates."""
    if language == DEFAULT:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language, "pages"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def catalogue(language: str, domain: str) -> Catalog:
    """Read one file of translations.

    ``pages`` holds the templates' texts, ``messages`` what the core and the hub
    say in English.
    """
    path = LOCALE_DIR / language / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain, abort_invalid=True)


_HOLE = re.compile(r"\{(\w+)\}")
"""Where a fact stands in a message: ``{image}``."""
_FIELD = re.compile(r"(\w+:) ")
"""What a message of ``options.py`` begins with: ``memory: ``."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_LONGEST_SENTENCE = 500


class _Form(NamedTuple):
    pattern: re.Pattern[str]
    text: str

    def filled(self, facts: Mapping[str, str]) -> str:
        return _HOLE.sub(lambda hole: facts[hole[1]], self.text)


def _lookup(text: str, language: str) -> str | None:
    exact = _exact(language).get(text)
    if exact is not None:
        return exact
    for form in _forms(language):
        found = form.pattern.fullmatch(text)
        if found:
            return particles.fitting(form.filled(found.groupdict()))
    return None


@cache
def _exact(language: str) -> dict[str, str]:
    return {
        str(message.id): str(message.string)
        for message in catalogue(language, "messages")
        if message.id and message.string and "{" not in message.id
    }


@cache
def _forms(language: str) -> tuple[_Form, ...]:
    """Messages with holes, those with the most fixed text first: they say the most."""
    forms = [
        _Form(_pattern(str(message.id)), str(message.string))
        for message in catalogue(language, "messages")
        if message.id and message.string and "{" in message.id
    ]
    return tuple(sorted(forms, key=lambda form: -len(form.pattern.pattern)))


def _pattern(form: str) -> re.Pattern[str]:
    parts = _HOLE.split(form)
    seen: set[str] = set()
    written = []
    for place, part in enumerate(parts):
        if place % 2 == 0:
            written.append(re.escape(part))
        elif part in seen:
            written.append(f"(?P={part})")
        else:
            seen.add(part)
            written.append(f"(?P<{part}>.*?)")
    return re.compile("".join(written), re.DOTALL)
