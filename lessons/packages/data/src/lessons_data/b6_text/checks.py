"""Checks of b6-text: random words in two scripts, counted and compared one by one."""

from __future__ import annotations

import itertools
import unicodedata
from typing import Any

from lessons.grading import Learner, check, close, expect, fail

HANGUL = "가나다라마바사아자차카타파하학교집값"
LATIN = "abcdefghijklm"


def _words(dice: Any, number: int) -> list[str]:
    """Invent different words, Korean and English by turns."""
    words: dict[str, None] = {}
    while len(words) < number:
        script = HANGUL if len(words) % 2 else LATIN
        words["".join(dice.choice(script) for _ in range(dice.randrange(2, 5)))] = None
    return list(words)


@check("char_onehot")
def char_onehot(learner: Learner) -> None:
    """Random texts over random alphabets, with characters that are missing."""
    import torch

    learn, dice = learner.function("char_onehot"), learner.random
    for _ in range(6):
        alphabet = "".join(dice.sample(HANGUL + LATIN + " ", 9))
        text = "".join(dice.choice(alphabet) for _ in range(12)) + "?" + alphabet[0]
        got = learn(text, alphabet)
        truth = [[float(one == other) for other in alphabet] for one in text]
        ordered = [[float(one == other) for other in sorted(alphabet)] for one in text]
        last = [line if any(line) else [0.0] * 8 + [1.0] for line in truth]
        expect(isinstance(got, torch.Tensor), "not_a_tensor")
        if tuple(got.shape) == (len(text) - 1, len(alphabet)):
            fail("unknown_dropped")
        close(
            got,
            truth,
            mistakes={
                "turned": [list(line) for line in zip(*truth, strict=True)],
                "own_order": ordered,
                "unknown_is_last": last,
            },
        )
        expect(got.dtype == torch.float32, "wrong_dtype")


@check("vocab")
def vocab(learner: Learner) -> None:
    """Texts made from known counts, with ties and rare words."""
    learn, dice = learner.function("vocab"), learner.random
    unk = learner.value("UNK")
    for _ in range(8):
        words = _words(dice, 10)
        counts = {word: dice.choice([1, 2, 3, 3, 5]) for word in words}
        counts |= {words[0]: 3, words[1]: 3, words[2]: 1, words[3]: 2}
        pile = [word for word, n in counts.items() for _ in range(n)]
        dice.shuffle(pile)
        half = len(pile) // 2
        texts = ["  ".join(pile[:half]), " ".join(pile[half:]) + "\n"]
        for at_least in (1, 2, 3):
            got = learn(list(texts), at_least)
            expect(isinstance(got, dict), "wrong_type")
            _judge_vocab(got, counts, at_least, unk)


def _judge_vocab(got: dict[str, int], counts: dict[str, int], least: int, unk: str) -> None:
    """Name what is wrong with a vocabulary."""
    expect(got.get(unk) == 0, "unk_not_zero")
    expect("" not in got, "empty_word")
    kept = {word for word, n in counts.items() if n >= least}
    others = set(got) - {unk}
    if others == {word for word, n in counts.items() if n > least}:
        fail("limit_left_out")
    expect(not others - kept, "rare_words_kept")
    expect(others == kept, "wrong_value")
    expect(sorted(got.values()) == list(range(len(got))), "gaps_in_numbers")
    order = sorted(others, key=lambda word: got[word])
    expect(all(counts[a] >= counts[b] for a, b in itertools.pairwise(order)), "not_by_count")
    ties = [(a, b) for a, b in itertools.pairwise(order) if counts[a] == counts[b]]
    expect(all(a < b for a, b in ties), "ties_unsorted")


@check("encode")
def encode(learner: Learner) -> None:
    """There and back in both scripts; decomposed text; unknown words."""
    dice = learner.random
    there, back = learner.function("encode"), learner.function("decode")
    unk = learner.value("UNK")
    for _ in range(8):
        words = _words(dice, 8)
        numbers = {unk: 0} | {word: k for k, word in enumerate(words, start=1)}
        chosen = [dice.choice(words) for _ in range(6)] + [words[1]]
        truth = [numbers[word] for word in chosen]
        text = " ".join(chosen)
        got = there(text, dict(numbers))
        expect(isinstance(got, list), "wrong_type")
        expect(got == truth, "wrong_value")
        expect(there(unicodedata.normalize("NFD", text), numbers) == truth, "decomposed")
        strange = ["zzzz", *chosen, "뷁뷁"]
        try:
            got = there(" ".join(strange), dict(numbers))
        except KeyError:
            fail("unknown_raises")
        if got == truth:
            fail("unknown_dropped")
        expect(got == [0, *truth, 0], "unknown_wrong")
        expect(there("  " + text.replace(" ", " \t") + "\n", numbers) == truth, "white_space")
        text_again = back(truth, dict(numbers))
        expect(isinstance(text_again, str), "wrong_type")
        if text_again == "".join(chosen):
            fail("not_joined")
        expect(text_again == text, "not_the_same")
        expect(back([0, truth[0]], numbers) == f"{unk} {chosen[0]}", "unk_lost")
