"""Checks of b5-series: numbers that know their place, memory, and hours counted as sets."""

from __future__ import annotations

from lessons.grading import Learner, check, close, expect, fail


def _ends(t: object) -> tuple[int, int]:
    """First and last address of a tensor's storage."""
    import torch

    assert isinstance(t, torch.Tensor)  # noqa: S101
    start = t.untyped_storage().data_ptr()
    return start, start + t.untyped_storage().nbytes()


@check("daily")
def daily(learner: Learner) -> None:
    """Random numbers of days and channels, with and without an unfinished day."""
    import torch

    learn, rng = learner.function("daily"), learner.rng
    for turn in range(6):
        days, channels = int(rng.integers(2, 6)), int(rng.integers(2, 5))
        rest = int(rng.integers(1, 24)) if turn % 2 else 0
        hours = torch.tensor(rng.normal(size=(24 * days + rest, channels)))
        if rest:
            try:
                got = learn(hours)
            except RuntimeError:
                fail("unfinished_day")
        else:
            got = learn(hours)
        expect(isinstance(got, torch.Tensor), "wrong_type")
        table = hours[: 24 * days].tolist()
        truth = [
            [[table[24 * n + h][c] for h in range(24)] for c in range(channels)]
            for n in range(days)
        ]
        whole = hours[: 24 * days].contiguous()
        late = hours[rest:].reshape(days, 24, channels).transpose(1, 2) if rest else None
        close(
            got,
            truth,
            mistakes={
                "channels_mixed": whole.reshape(days, channels, 24),
                "not_transposed": whole.reshape(days, 24, channels),
                "first_day_cut": late,
            },
        )
        expect(_ends(got) == _ends(hours), "copied")


@check("windows", forbids=("torch.stack", "torch.cat"))
def windows(learner: Learner) -> None:
    """Series of random length: values, memory, and no target inside its own window."""
    import torch

    learn, rng = learner.function("windows"), learner.rng
    for _ in range(6):
        length, width = int(rng.integers(12, 30)), int(rng.integers(2, 6))
        series = torch.tensor(rng.normal(size=length))
        result = learn(series, width)
        expect(isinstance(result, tuple) and len(result) == 2, "two_results")
        x, y = result
        expect(all(isinstance(one, torch.Tensor) for one in result), "wrong_type")
        values = series.tolist()
        if len(x) == length - width + 1:
            fail("one_too_many")
        if len(x) == length - width - 1:
            fail("last_missing")
        if len(x) == length // width:
            fail("no_overlap")
        close(x, [values[i : i + width] for i in range(length - width)])
        close(
            y,
            values[width:],
            mistakes={
                "target_inside": values[width - 1 : -1],
                "one_hour_late": [*values[width + 1 :], values[0]],
            },
        )
        expect(_ends(x) == _ends(series), "copied")


@check("time_split")
def time_split(learner: Learner) -> None:
    """Every hour of every example is looked at: order, gap, and nothing wasted."""
    learn, rng = learner.function("time_split"), learner.rng
    for _ in range(12):
        examples, width = int(rng.integers(40, 80)), int(rng.integers(2, 7))
        share = float(rng.uniform(0.5, 0.8))
        result = learn(examples, width, share)
        expect(isinstance(result, tuple) and len(result) == 2, "two_results")
        train, test = [[int(i) for i in part] for part in result]
        cut = int(share * examples)
        if sorted(train) == list(range(cut)) and test == list(range(cut, examples)):
            fail("no_gap")
        if sorted(train) != list(range(cut)):
            expect(train == sorted(train) or max(train) < cut, "shuffled")
            fail("shuffled" if len(train) == cut else "wrong_share")
        hours = [set(range(i, i + width + 1)) for i in range(examples)]
        known = set().union(*(hours[i] for i in train))
        honest = [i for i in range(cut, examples) if not hours[i] & known]
        if set(test) - set(honest):
            fail("shares_hours")
        expect(test == honest, "gap_too_wide")
