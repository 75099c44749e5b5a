"""Checks of the lesson on preparing a table."""

import numpy as np
import pandas as pd
from lessons.grading import Learner, check, close, expect, fail
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error, root_mean_squared_log_error

from lessons_generalisation.f3_bike.bike import rentals

ANSWERS = ["count", "casual", "registered"]


@check("rmsle", forbids=("sklearn",))
def rmsle(learner: Learner) -> None:
    """Compares with scikit-learn's measure, also for guesses below zero."""
    rng = learner.rng
    function = learner.function("rmsle")
    for below in (False, True):
        truth = rng.integers(0, 400, 30).astype(float)
        truth[0] = 0
        guess = truth * rng.uniform(0.5, 1.7, 30) + rng.uniform(0, 5, 30)
        if below:
            guess[:3] = [-0.5, -7, -30]
        with np.errstate(all="ignore"):
            got = float(function(truth.copy(), guess.copy()))
        expect(np.isfinite(got), "not_finite")
        floor = np.maximum(guess, 0)
        right = root_mean_squared_log_error(truth, floor)
        mistakes = {
            "no_root": right**2,
            "no_log": float(np.sqrt(mean_squared_error(truth, floor))),
            "absolute_value": root_mean_squared_log_error(truth, np.abs(guess)),
            "log_base": right / np.log(10),
        }
        close(got, right, rtol=1e-9, mistakes=mistakes)


@check("prep", forbids=("sklearn",))
def prep(learner: Learner) -> None:
    """Looks for text, holes and leaks, then lets linear regression work with the features."""
    rng = learner.rng
    function = learner.function("prep")
    table = rentals(rng)
    order = rng.permutation(len(table))
    train = table.iloc[order[:5000]]
    other = table.iloc[order[5000:]]
    first, second = function(train.copy(), other.copy())
    expect(isinstance(first, pd.DataFrame) and isinstance(second, pd.DataFrame), "wrong_type")
    expect(len(first) == len(train) and len(second) == len(other), "rows_lost")
    expect(not set(ANSWERS) & set(first.columns), "target_leak")
    expect("visibility" not in first.columns, "mostly_missing_kept")
    _numbers_only(first, second)
    few = other[other["season"] != "summer"]
    _, narrow = function(train.copy(), few.copy())
    expect(list(first.columns) == list(second.columns) == list(narrow.columns), "columns_differ")
    changed = other.assign(humidity=other["humidity"] + 500)
    same, third = function(train.copy(), changed)
    holes = other["humidity"].isna().to_numpy()
    fills = np.allclose(third.to_numpy(float)[holes], second.to_numpy(float)[holes])
    expect(fills and np.allclose(same.to_numpy(float), first.to_numpy(float)), "other_rows_used")
    shuffled = train.assign(**{name: train[name].to_numpy()[::-1] for name in ANSWERS})
    again, _ = function(shuffled, other.copy())
    expect(np.allclose(again.to_numpy(float), first.to_numpy(float)), "target_leak")
    model = LinearRegression().fit(first.to_numpy(float), np.log1p(train["count"].to_numpy()))
    guess = np.expm1(model.predict(second.to_numpy(float))).clip(0)
    error = root_mean_squared_log_error(other["count"], guess)
    expect(error < 0.8, "hour_not_one_hot")
    expect(error <= 0.52, "band")


def _numbers_only(*tables: pd.DataFrame) -> None:
    for one in tables:
        expect(not one.isna().any(axis=None), "holes_left")
        kinds = {dtype.kind for dtype in one.dtypes}
        expect(kinds <= set("iufb"), "text_left")


@check("skewed")
def skewed(learner: Learner) -> None:
    """Makes columns of every sort and asks which are named."""
    rng = learner.rng
    function = learner.function("skewed")
    n = 400
    table = pd.DataFrame(
        {
            "right": rng.exponential(5, n),
            "left": 30 - rng.exponential(2, n).clip(0, 25),
            "holes": np.where(rng.random(n) < 0.1, np.nan, rng.exponential(3, n)),
            "even": rng.normal(50, 5, n),
            "below": rng.exponential(5, n) - 4,
            "flag": (rng.random(n) < 0.05).astype(int),
            "target": rng.exponential(9, n),
            "word": rng.choice(["sun", "rain"], n),
        }
    )
    names = {f"{name}_{int(rng.integers(100))}": name for name in table.columns}
    table.columns = pd.Index(names)
    back = {old: new for new, old in names.items()}
    got = {names.get(one, one) for one in function(table, {back["target"]})}
    for name, kind in (
        ("target", "target_named"),
        ("flag", "code_named"),
        ("below", "log1p_impossible"),
        ("word", "text_named"),
        ("even", "even_named"),
    ):
        expect(name not in got, kind)
    expect("left" in got, "left_overlooked")
    expect("holes" in got, "holes_overlooked")
    if got != {"right", "left", "holes"}:
        fail("wrong_value")


@check("without_outliers")
def without_outliers(learner: Learner) -> None:
    """Compares with a walk through the rows by numpy's quartiles."""
    rng = learner.rng
    function = learner.function("without_outliers")
    n, k = 200, float(rng.uniform(1.5, 3))
    wind = rng.gamma(2, 5, n)
    wind[:4] = [900, 700, -300, -500]
    wind[4:9] = np.nan
    wind[9:12] = [60, 70, 80]
    table = pd.DataFrame({"id": rng.permutation(n), "wind": wind, "temp": rng.normal(size=n)})
    before = table.copy()
    got = function(table, "wind", k)
    expect(isinstance(got, pd.DataFrame), "wrong_type")
    expect("wind" in got.columns, "column_dropped")
    low, high = np.nanquantile(wind, (0.25, 0.75))
    reach = k * (high - low)
    within = (wind >= low - reach) & (wind <= high + reach)
    kept = set(got["id"])
    ids = before["id"].to_numpy()
    expect(kept != set(ids[within]), "missing_dropped")
    expect(not kept & set(ids[:1]) or kept & set(ids[within]), "upside_down")
    expect(not kept & set(ids[2:4]), "low_side_kept")
    spread = np.abs(wind - np.nanmean(wind)) <= k * np.nanstd(wind)
    expect(kept != set(ids[spread | np.isnan(wind)]), "deviations_not_quartiles")
    expect(kept == set(ids[within | np.isnan(wind)]), "wrong_value")
    expect(list(got.columns) == list(before.columns), "column_dropped")
