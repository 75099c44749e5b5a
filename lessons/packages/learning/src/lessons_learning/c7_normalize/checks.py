"""Checks of the lesson on normalising inputs."""

from fractions import Fraction

import numpy as np
from lessons.grading import Learner, check, close, expect


def _columns(learner: Learner, rows: int) -> np.ndarray:
    sizes = 10.0 ** learner.rng.integers(-1, 4, 3)
    shifts = learner.rng.uniform(2.0, 9.0, 3)
    return np.asarray((learner.rng.uniform(0, 1, (rows, 3)) + shifts) * sizes)


@check("minmax", forbids=("sklearn",))
def minmax(learner: Learner) -> None:
    """Rank by rank, the place of each value between the ends of its column."""
    answer = learner.function("minmax")
    for rows in (5, 12):
        x = _columns(learner, rows)
        x[:, 2] = 7.0
        before = x.copy()
        truth = np.zeros_like(x)
        for column in (0, 1):
            low, *_, high = sorted(x[:, column])
            truth[:, column] = [np.interp(value, [low, high], [0.0, 1.0]) for value in x[:, column]]
        with np.errstate(all="ignore"):
            got = np.asarray(answer(x))
        expect(np.array_equal(x, before), "input_changed")
        expect(got.shape != x.shape or np.isfinite(got[:, :2]).all(), "wrong_value")
        close(
            got[:, :2],
            truth[:, :2],
            rtol=1e-8,
            atol=1e-9,
            mistakes={
                "whole_table": ((x - x.min()) / (x.max() - x.min()))[:, :2],
                "only_divided": (x / x.max(axis=0))[:, :2],
                "by_rows": _by_rows(x)[:, :2],
                "minimum_not_subtracted": (x / (x.max(axis=0) - x.min(axis=0) + 1e-300))[:, :2],
            },
        )
        expect(np.isfinite(got[:, 2]).all(), "constant_column")
        close(got[:, 2], np.zeros(rows), mistakes={"constant_column": np.ones(rows)})


def _by_rows(x: np.ndarray) -> np.ndarray:
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    return np.asarray((x - low) / (high - low))


@check("standardize", forbids=("sklearn", "scipy"))
def standardize(learner: Learner) -> None:
    """Exact fractions for the mean and the variance of the training rows."""
    answer = learner.function("standardize")
    for rows in (6, 15):
        train, new = _columns(learner, rows), _columns(learner, 4)
        new = new * (train.mean(axis=0) / new.mean(axis=0))
        truth, sample = np.zeros_like(new), np.zeros_like(new)
        for column in range(3):
            values = [Fraction(float(value)) for value in train[:, column]]
            mean = sum(values) / rows
            squares = sum((value - mean) ** 2 for value in values)
            away = new[:, column] - float(mean)
            truth[:, column] = away / float(squares / rows) ** 0.5
            sample[:, column] = away / float(squares / (rows - 1)) ** 0.5
        wrong = {
            "leak": (new - new.mean(axis=0)) / new.std(axis=0),
            "leak_all_rows": _with_all(train, new),
            "variance": (new - train.mean(axis=0)) / train.var(axis=0),
            "sample_deviation": sample,
            "not_centred": new / train.std(axis=0),
            "whole_table": (new - train.mean()) / train.std(),
        }
        close(answer(train, new), truth, rtol=1e-7, mistakes=wrong)
    train[:, 1] = 4.0
    with np.errstate(all="ignore"):
        got = np.asarray(answer(train, new))
    expect(np.isfinite(got).all(), "constant_column")
    close(got[:, 1], np.zeros(len(new)), mistakes={"constant_column": new[:, 1] - 4.0})


def _with_all(train: np.ndarray, new: np.ndarray) -> np.ndarray:
    every = np.vstack([train, new])
    return np.asarray((new - every.mean(axis=0)) / every.std(axis=0))


@check("steps_to", forbids=("sklearn", "scipy", "torch.optim"))
def steps_to(learner: Learner) -> None:
    """The cost after k steps is known in closed form along the axes of the bowl."""
    answer = learner.function("steps_to")
    for d in (1, 2, 3):
        x = learner.rng.normal(size=(20, d)) + 0.3
        y = x @ learner.rng.uniform(1, 3, d) + float(learner.rng.uniform(1, 4))
        design = np.column_stack([x, np.ones(20)])
        curvatures, axes = np.linalg.eigh(2 * design.T @ design / 20)
        start = axes.T @ -np.linalg.lstsq(design, y, rcond=None)[0]
        rate = float(1 / curvatures[-1])
        steps = {
            name: _first_below(curvatures, start, step, 1e-3)
            for name, step in (("right", rate), ("half", rate / 2))
        }
        right = steps["right"]
        wrong = {"off_by_one": right + 1, "factor_2_lost": steps["half"], "never_stops": 4000}
        close(answer(x, y, rate, 1e-3, 4000), right, rtol=0, mistakes=wrong)
    got = answer(x * np.array([1000.0, 1, 1]), y, float(rate / 1e6), 1e-3, 300)
    close(got, 300, rtol=0, mistakes={"off_by_one": 301})
    close(answer(x, y, rate, 1e9, 50), 0, rtol=0, mistakes={"off_by_one": 1})


def _first_below(curvatures: np.ndarray, start: np.ndarray, rate: float, target: float) -> int:
    step = 0
    while ((1 - rate * curvatures) ** (2 * step) * start**2 * curvatures).sum() / 2 > target:
        step += 1
    return step


@check("back_to_raw")
def back_to_raw(learner: Learner) -> None:
    """Probe the standardised model at the origin and along each axis."""
    answer = learner.function("back_to_raw")
    for d in (1, 3):
        v, mean = learner.rng.normal(size=(2, d)) * 3
        std = learner.rng.uniform(0.5, 4.0, d)
        c = float(learner.rng.normal())

        def model(
            x: np.ndarray,
            v: np.ndarray = v,
            m: np.ndarray = mean,
            s: np.ndarray = std,
            c: float = c,
        ) -> float:
            return c + sum(float(p * (q - r) / t) for p, q, r, t in zip(v, x, m, s, strict=True))

        b = model(np.zeros(d))
        w = np.array([model(unit) - b for unit in np.eye(d)])
        got_w, got_b = answer(v, c, mean, std)
        close(got_w, w, rtol=1e-8, atol=1e-10, mistakes={"multiplied": v * std, "unchanged": v})
        wrong = {
            "bias_kept": c,
            "sign": 2 * c - b,
            "mean_not_scaled": c - float(v @ mean),
        }
        close(got_b, b, rtol=1e-8, atol=1e-10, mistakes=wrong)
