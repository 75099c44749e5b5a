"""A made-up rental table: types and holes, the long tail, and what encodings are worth."""

import numpy as np
import pandas as pd
from lessons.context import Context
from numpy.typing import NDArray
from scipy.stats import skew
from sklearn.linear_model import LinearRegression
from sklearn.metrics import root_mean_squared_log_error

from lessons_generalisation.f3_bike.bike import rentals

ANSWERS = ["count", "casual", "registered"]


def first_look(ctx: Context) -> dict[str, float | list[float]]:
    """Shows type, missing share and number of values of each column."""
    table = rentals(ctx.rng)
    missing = table.isna().mean()
    rows = [
        [name, str(table[name].dtype), f"{missing[name]:.0%}", int(table[name].nunique())]
        for name in table.columns
    ]
    ctx.table(["demo.column", "demo.type", "demo.missing", "demo.values"], rows)
    gap = float((table["casual"] + table["registered"] - table["count"]).abs().max())
    ctx.say("demo.leak", gap=gap)
    return {
        "visibility_missing": float(missing["visibility"]),
        "humidity_missing": float(missing["humidity"]),
        "leak_gap": gap,
    }


def long_tail(ctx: Context) -> dict[str, float | list[float]]:
    """Draws the counts and their logarithms with their skewness."""
    count = rentals(ctx.rng)["count"].to_numpy()
    fig, axes = ctx.subplots(1, 2, figsize=(8, 3))
    values = {"demo.count": count, "demo.log_count": np.log1p(count)}
    skews = []
    for axis, (name, one) in zip(axes, values.items(), strict=True):
        skews.append(float(skew(one)))
        axis.hist(one, bins=40)
        axis.set(xlabel=ctx.t(name), ylabel=ctx.t("demo.hours"))
        axis.set_title(ctx.t("demo.skewness", value=skews[-1]))
    ctx.figure(fig, "long_tail")
    return {"skew": skews[0], "skew_log": skews[1]}


def columns_of(table: pd.DataFrame, one_hot: bool) -> NDArray[np.float64]:
    """Numbers of a table, with names as one column a value or as bare codes."""
    when = pd.to_datetime(table["datetime"])
    named = table[["season", "weather"]].assign(
        hour=when.dt.hour, month=when.dt.month, weekday=when.dt.day_of_week
    )
    if one_hot:
        named = pd.concat([pd.get_dummies(named[name]) for name in named], axis=1)
    else:
        named = named.apply(lambda column: pd.factorize(column, sort=True)[0])
    plain = table[["workingday", "temp", "windspeed"]]
    return np.hstack([named.to_numpy(float), plain.to_numpy(float)])


def encodings(ctx: Context) -> dict[str, float | list[float]]:
    """RMSLE of linear regression for two encodings and two targets."""
    table = rentals(ctx.rng)
    order = ctx.rng.permutation(len(table))
    seen, unseen = order[:5000], order[5000:]
    count = table["count"].to_numpy(float)
    figures: dict[str, float | list[float]] = {}
    for encoding in ("codes", "one_hot"):
        columns = columns_of(table, encoding == "one_hot")
        for target in ("raw", "log"):
            wanted = np.log1p(count) if target == "log" else count
            guess = LinearRegression().fit(columns[seen], wanted[seen]).predict(columns[unseen])
            guess = np.expm1(guess) if target == "log" else guess
            error = root_mean_squared_log_error(count[unseen], np.maximum(guess, 0))
            figures[f"{encoding}_{target}"] = float(error)
    rows = [
        [ctx.t(f"demo.{one}"), figures[f"{one}_raw"], figures[f"{one}_log"]]
        for one in ("codes", "one_hot")
    ]
    ctx.table(["demo.encoding", "demo.raw", "demo.log"], rows)
    return figures
