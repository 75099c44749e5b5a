"""Korean particles that fit the word before them: 김민지은(는) becomes 김민지는.

A message is written for any name, so its particle stands there in both forms; which one fits is
known only once the name is in it.  What ends in a Latin letter keeps both: nobody can tell how it
is read aloud.
"""

from __future__ import annotations

import re

_FORMS = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)라": ("이라", "라"),
}
"""In both forms → after a consonant, after a vowel."""
_PLACE = re.compile(
    r"(?P<last>[가-힣0-9])(?P<closing>(?:['\"’”)\]]|&#?\w+;)*)"
    f"(?P<both>{'|'.join(map(re.escape, _FORMS))})"
)
_FIRST_SYLLABLE, _ENDINGS, _L = ord("가"), 28, 8
"""Where the syllables begin, of which each 28 differ in their final consonant; ㄹ's number."""
_DIGITS = {"0": 1, "1": _L, "3": 1, "6": 1, "7": _L, "8": _L}
"""Digit that is read with a final consonant → ㄹ's number, or any other's."""


def fitting(text: str) -> str:
    """Return a Korean text with particles in the one form that fits, where that is known.

    >>> fitting("김민지이(가) 'v1'(으)로 저장한 labdock/base을(를) 지움")
    "김민지가 'v1'로 저장한 labdock/base을(를) 지움"
    """
    return _PLACE.sub(_chosen, text) if "(" in text else text


def _chosen(found: re.Match[str]) -> str:
    ending = _ending(found["last"])
    # After ㄹ "로" follows as after a vowel.
    as_consonant = ending != 0 and not (ending == _L and found["both"] == "(으)로")
    consonant, vowel = _FORMS[found["both"]]
    return found["last"] + found["closing"] + (consonant if as_consonant else vowel)


def _ending(last: str) -> int:
    """Return the final consonant's number, 0 for none."""
    if last in "0123456789":
        return _DIGITS.get(last, 0)
    return (ord(last) - _FIRST_SYLLABLE) % _ENDINGS
