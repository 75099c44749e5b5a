"""Text as numbers: a one-hot picture, Korean syllables and jamo, counts, an embedding."""

from __future__ import annotations

import unicodedata
from collections import Counter

import torch
from lessons.context import Context

SENTENCE = "나는 오늘 학교에 가고 너는 오늘 집에 가고 우리는 내일 학교에 다시 가고"


def matrix(ctx: Context) -> dict[str, float | list[float]]:
    """Draw the one-hot matrix of a short text."""
    text = "가나다 abc 가다"
    units = sorted(set(text))
    picture = torch.tensor([[float(a == b) for b in units] for a in text])
    fig, ax = ctx.subplots(figsize=(5, 4))
    ax.imshow(picture.numpy(), cmap="Greys")
    ax.set_xticks(range(len(units)), [u if u != " " else "␣" for u in units])
    ax.set_yticks(range(len(text)), [u if u != " " else "␣" for u in text])
    ax.set_xlabel(ctx.t("demo.matrix.alphabet"))
    ax.set_ylabel(ctx.t("demo.matrix.text"))
    ax.grid(visible=False)
    ctx.figure(fig, "matrix")
    return {"shape": [float(n) for n in picture.shape], "ones": float(picture.sum())}


def syllables(ctx: Context) -> dict[str, float | list[float]]:
    """Compute the jamo of three syllables from their codes, and compare with Unicode's own."""
    rows, agree = [], []
    for syllable in "한글값":
        number = ord(syllable) - 44032
        initial, rest = divmod(number, 588)
        vowel, final = divmod(rest, 28)
        jamo = chr(0x1100 + initial) + chr(0x1161 + vowel) + (chr(0x11A7 + final) if final else "")
        agree.append(float(jamo == unicodedata.normalize("NFD", syllable)))
        rows.append([syllable, ord(syllable), initial, vowel, final])
    heads = ["syllable", "code", "initial", "vowel", "final"]
    ctx.table([f"demo.syllables.{head}" for head in heads], rows)
    ctx.say("demo.syllables.total", total=19 * 21 * 28, units=19 + 21 + 28)
    return {"agree": agree, "syllables": 19.0 * 21 * 28}


def forms(ctx: Context) -> dict[str, float | list[float]]:
    """Write one word in both normal forms and compare."""
    composed = unicodedata.normalize("NFC", "데이터")
    apart = unicodedata.normalize("NFD", composed)
    rows = [
        ["NFC", len(composed), len(composed.encode()), f"U+{ord(composed[0]):04X} …"],
        ["NFD", len(apart), len(apart.encode()), f"U+{ord(apart[0]):04X} U+{ord(apart[1]):04X} …"],
    ]
    ctx.table([f"demo.forms.{head}" for head in ("form", "characters", "bytes", "codes")], rows)
    shared = len(set(composed) & set(apart))
    ctx.say("demo.forms.compare", equal=composed == apart, shared=shared)
    return {"lengths": [float(len(composed)), float(len(apart))], "shared": float(shared)}


def counting(ctx: Context) -> dict[str, float | list[float]]:
    """Count the words of a sentence, and draw how much the most frequent ones cover."""
    counts = Counter(SENTENCE.split()).most_common()
    total = sum(n for _, n in counts)
    covered, share = 0, []
    for _, n in counts:
        covered += n
        share.append(covered / total)
    fig, ax = ctx.subplots(figsize=(7, 3))
    ax.bar(range(len(counts)), [n for _, n in counts])
    ax.set_xticks(range(len(counts)), [word for word, _ in counts], fontsize=8)
    ax.set_ylabel(ctx.t("demo.counting.count"))
    ctx.figure(fig, "counting")
    ctx.say("demo.counting.cover", kinds=len(counts), percent=f"{100 * share[2]:.0f}")
    return {"kinds": float(len(counts)), "covered_by_three": share[2]}


def lookup(ctx: Context) -> dict[str, float | list[float]]:
    """Multiply a one-hot row with a table, and look the same row up."""
    table = torch.randn(5, 3, generator=ctx.generator(), dtype=torch.float64)
    hot = torch.zeros(5, dtype=torch.float64)
    hot[3] = 1
    multiplied, looked_up = hot @ table, table[3]
    ctx.say("demo.lookup.multiplied", values=[round(x, 4) for x in multiplied.tolist()])
    ctx.say("demo.lookup.looked_up", values=[round(x, 4) for x in looked_up.tolist()])
    ctx.say("demo.lookup.size", hot=11172, short=64)
    return {"difference": float((multiplied - looked_up).abs().max())}
