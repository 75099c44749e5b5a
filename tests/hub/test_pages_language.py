"""Which language a request gets, and whether every text exists in it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from hypothesis import given
from hypothesis import strategies as st
from jupyterhub.utils import format_exception

from hub import languages, templating
from hub.languages import choose, translate
from hub.spawner import spawn_exception
from hub.templating import token_note
from workspace_cli.core.errors import InvalidOptionError

HUB = Path(languages.__file__).parent
OTHERS = [language for language in languages.LANGUAGES if language != languages.DEFAULT]
TEXTS = {"_": None, "gettext": None, "gettext_": None, "ngettext": (1, 2), "ngettext_": (1, 2)}
Text = str | tuple[str, ...]


def texts_of_the_pages() -> dict[Text, str]:
    """Every text that a template or the code behind it asks for, with its place."""
    jinja = {"**.html": {"newstyle_gettext": "1", "trim_blocks": "true", "lstrip_blocks": "true"}}
    found: dict[Text, str] = {}
    for folder, methods, options in (
        (HUB / "templates", [("**.html", "jinja2.ext:babel_extract")], jinja),
        (HUB, [("*.py", "python")], {}),
    ):
        for file, line, text, _, _ in extract_from_dir(
            folder,
            methods,
            options,
            keywords=TEXTS,
        ):
            found.setdefault(text, f"{file}:{line}")
    return found


def translated_texts(language: str, domain: str) -> dict[Text, tuple[str, ...]]:
    return {
        _text(message.id): as_tuple(message.string)
        for message in languages.catalogue(language, domain)
        if message.id
    }


def as_tuple(text: Any) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (list, tuple)) else (str(text or ""),)


def _text(text: Any) -> Text:
    return as_tuple(text) if isinstance(text, (list, tuple)) else str(text)


def test_the_extraction_finds_plain_and_counted_texts() -> None:
    texts = texts_of_the_pages()
    assert "My workspaces" in texts
    assert ("%(num)d permission", "%(num)d permissions") in texts
    assert "never" in texts


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_the_pages_is_missing_or_left_over(language: str) -> None:
    wanted, there = texts_of_the_pages(), translated_texts(language, "pages")
    assert {text: place for text, place in wanted.items() if text not in there} == {}
    assert sorted(map(str, there.keys() - wanted.keys())) == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("domain", ["pages", "messages"])
def test_every_translation_says_something_with_the_same_facts(language: str, domain: str) -> None:
    for text, translated in translated_texts(language, domain).items():
        for one in translated:
            source = text if isinstance(text, str) else text[-1]
            assert one.strip(), f"{text!r} has an empty translation"
            assert set(holes(one)) <= set(holes(source)), f"{one!r} names facts that are not there"
            assert set(holes(source)) <= set(holes(one)), f"{one!r} leaves facts out"


def holes(text: str) -> list[str]:
    return re.findall(r"%\(\w+\)[sd]|\{\w+\}", text)


@pytest.mark.parametrize("language", OTHERS)
def test_plural_forms_are_as_many_as_the_language_has(language: str) -> None:
    catalogue = languages.catalogue(language, "pages")
    for message in catalogue:
        if isinstance(message.id, (list, tuple)):
            assert len(as_tuple(message.string)) == catalogue.num_plurals


@pytest.mark.parametrize(
    "accept,cookie,expected",
    [
        ("", None, "en"),
        ("ko", None, "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", None, "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", None, "en"),
        ("fr, ko;q=0.3, en;q=0.2", None, "ko"),
        ("ko;q=0, en", None, "en"),
        ("ko;q=none, en;q=0.1", None, "en"),
        ("fr, de", None, "en"),
        ("ko", "en", "en"),
        ("en", "ko", "ko"),
        ("ko", "../../etc/passwd", "ko"),
    ],
)
def test_the_cookie_wins_over_what_the_browser_prefers(
    accept: str, cookie: str | None, expected: str
) -> None:
    assert choose(accept, cookie) == expected


@given(st.text(), st.none() | st.text())
def test_any_header_and_cookie_give_a_language_that_we_speak(
    accept: str, cookie: str | None
) -> None:
    assert choose(accept, cookie) in languages.LANGUAGES


@pytest.fixture
def korean() -> Iterator[None]:
    token = languages.current.set("ko")
    yield
    languages.current.reset(token)


@pytest.mark.usefixtures("korean")
def test_messages_follow_the_request_unless_a_language_is_named() -> None:
    assert translate("Invalid username or password") == "이름이나 비밀번호가 맞지 않습니다."
    assert translate("Invalid username or password", "en") == "Invalid username or password"


def test_sentences_in_a_row_are_translated_one_by_one() -> None:
    both = translate("Give a name and a password. Nobody translated this one.", "ko")
    assert both == "이름과 비밀번호를 입력하세요. Nobody translated this one."


def test_facts_are_carried_into_the_translation() -> None:
    told = translate("Too many failed logins. Try again in 30 seconds.", "ko")
    assert told == "로그인에 여러 번 실패했습니다. 30초 뒤에 다시 해 보세요."


def test_a_long_log_is_passed_on_at_once() -> None:
    log = "Something happened. It went on, and on: twice.\n" * 500
    began = time.monotonic()
    told = translate(f"The server ended before it answered. The end of its log:\n{log}", "ko")
    assert told == f"서버가 응답하기 전에 끝났습니다. 로그의 끝부분:\n{log}"
    assert time.monotonic() - began < 1


@given(st.text())
def test_what_nobody_translated_stays_as_it_is(text: str) -> None:
    unknown = f"¤{text}¤"
    assert translate(unknown, "ko") == unknown


def test_times_are_told_as_a_distance_in_the_readers_words() -> None:
    earlier = datetime.now(UTC) - timedelta(hours=3)
    assert templating.ago(earlier) == "3 hours ago"
    assert templating.ago(earlier.replace(tzinfo=None)) == "3 hours ago"
    assert templating.ago(datetime.now(UTC) - timedelta(minutes=1, seconds=5)) == "1 minute ago"
    assert templating.ago(None) == "never"


@pytest.mark.usefixtures("korean")
def test_times_are_told_in_korean() -> None:
    assert templating.ago(datetime.now(UTC) - timedelta(hours=3)) == "3시간 전"
    when = datetime(2026, 11, 21, 9, 28, 2)  # noqa: DTZ001 - JupyterHub's database has no zones
    assert templating.moment(when, "Asia/Seoul") == "2026. 11. 21. 18시 28분 2초"


@pytest.mark.usefixtures("korean")
def test_a_failed_start_is_told_to_a_member_without_its_technical_name() -> None:
    failure = spawn_exception(InvalidOptionError("memory: 'x' is not a size.", "Ask for less."))
    message, _ = format_exception(failure, only_jupyterhub=True)
    assert message == "메모리: 'x'은(는) 크기가 아닙니다. 더 적게 고르세요."
    assert failure.status_code == 422


@pytest.mark.parametrize(
    "language, words", [("en", "Server at /user/김민지/"), ("ko", "작업 공간 /user/김민지/")]
)
def test_a_workspaces_token_is_told_by_an_address_that_people_read(
    language: str, words: str
) -> None:
    token = languages.current.set(language)
    try:
        assert token_note("Server at /user/%EA%B9%80%EB%AF%BC%EC%A7%80/") == words
        assert token_note("50%25 of it") == "50%25 of it", "what a member wrote stays as it is"
    finally:
        languages.current.reset(token)
