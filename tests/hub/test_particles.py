"""Korean particles after names that are known only when somebody reads."""

from __future__ import annotations

import pytest

from hub import languages, templating
from hub.languages import translate
from hub.particles import fitting


@pytest.mark.parametrize(
    "written, said",
    [
        ("김민지은(는)", "김민지는"),
        ("이영훈은(는)", "이영훈은"),
        ("김민지이(가)", "김민지가"),
        ("이영훈을(를)", "이영훈을"),
        ("이영훈와(과)", "이영훈과"),
        ("김민지와(과)", "김민지와"),
        ("김민지(이)라는", "김민지라는"),
        ("이영훈(이)라는", "이영훈이라는"),
        ("paper:v1(으)로", "paper:v1로"),
        ("paper:v2(으)로", "paper:v2로"),
        ("paper:v3(으)로", "paper:v3으로"),
        ("서울(으)로", "서울로"),
        ("10을(를)", "10을"),
        ("'논문'은(는)", "'논문'은"),
        ("&#39;그림&#39;이(가)", "&#39;그림&#39;이"),
    ],
)
def test_a_particle_fits_the_word_before_it(written: str, said: str) -> None:
    assert fitting(written) == said


@pytest.mark.parametrize(
    "written", ["kim은(는)", "labdock/base을(를)", "시간(가)", "(이)라", "가(나)"]
)
def test_what_nobody_can_tell_stays_in_both_forms(written: str) -> None:
    assert fitting(written) == written


def test_a_message_of_the_core_fits_the_name_in_it() -> None:
    assert translate("There is no member 김민지.", "ko").startswith("김민지라는 ")
    assert translate("There is no member 이영훈.", "ko").startswith("이영훈이라는 ")
    assert translate("There is no member 김민지은(는).", "en") == "There is no member 김민지은(는)."


def test_a_text_of_a_page_fits_the_name_in_it_and_escapes_it() -> None:
    template = templating.environment().from_string('{{ _("Saved as %(name)s.", name=name) }}')
    token = languages.current.set("ko")
    try:
        assert template.render(name="paper:v1") == "paper:v1로 저장했습니다."
        assert template.render(name="<b>3") == "&lt;b&gt;3으로 저장했습니다."
    finally:
        languages.current.reset(token)
