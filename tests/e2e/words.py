"""What pages say, looked up as the pages look it up: tests name a message once, in English."""

from __future__ import annotations

from functools import cache

import pytest
from babel.messages.catalog import Catalog

from hub import languages, particles

LOCALES = ("en-US", "ko-KR")
IN_BOTH_LANGUAGES = pytest.mark.parametrize("locale", LOCALES)


class Words:
    """The pages' messages in a browser's language."""

    def __init__(self, locale: str) -> None:
        self.language = locale.partition("-")[0]

    def __call__(self, message: str, **facts: object) -> str:
        """Return a message of the templates; KeyError where no template says it."""
        if message not in _known():
            raise KeyError(message)
        said = languages.translations(self.language).gettext(message)
        return particles.fitting(said % facts)

    def of_core(self, message: str) -> str:
        """Return a message of the core or the hub, with its facts in it."""
        said = languages.translate(message, self.language)
        if said == message and self.language != languages.DEFAULT:
            raise KeyError(message)
        return said


@cache
def _known() -> Catalog:
    return languages.catalogue("ko", "pages")
