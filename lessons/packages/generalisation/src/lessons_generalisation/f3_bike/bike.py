"""A made-up year of bicycle rentals by the hour, with the flaws that real tables have."""

import numpy as np
import pandas as pd

SEASONS = ("winter", "spring", "summer", "autumn")
WEATHERS = ("clear", "mist", "rain", "storm")
# How much a working day's hours differ from the day's mean, in logarithms; ours, not measured.
HOURS = np.array(
    [-1.2, -1.9, -2.3, -2.6, -2.5, -1.4, -0.1, 1.1, 1.7, 0.7, 0.1, 0.3]
    + [0.6, 0.5, 0.4, 0.5, 0.9, 1.9, 2.0, 1.2, 0.6, 0.2, -0.2, -0.7]
)


def rentals(rng: np.random.Generator, days: int = 300) -> pd.DataFrame:
    """One row an hour, in the order of time: when, weather, and `count` = casual + registered.

    `visibility` is mostly missing, `humidity` now and then; a few wind speeds are slips of the pen.
    """
    when = pd.date_range("2025-01-01", periods=24 * days, freq="h")
    n = len(when)
    hour, day = when.hour.to_numpy(), when.day_of_year.to_numpy()
    working = (when.day_of_week.to_numpy() < 5).astype(int)
    temp = 12 - 13 * np.cos(2 * np.pi * (day - 20) / 365) + np.repeat(rng.normal(0, 4, days), 24)
    temp = temp + 3 * np.sin(2 * np.pi * (hour - 9) / 24) + rng.normal(0, 1, n)
    weather = np.repeat(rng.choice(4, days, p=[0.6, 0.25, 0.12, 0.03]), 24)
    quiet = HOURS[hour] * np.where(working == 1, 1.0, 0.7)
    level = 3.2 + quiet + 0.05 * (temp - 12) - np.array([0, 0.15, 0.8, 1.6])[weather]
    count = rng.poisson(np.exp(level + rng.normal(0, 0.35, n)))
    casual = rng.binomial(count, np.where(working == 1, 0.15, 0.4))
    humidity = np.clip(55 + 12 * weather + rng.normal(0, 12, n), 10, 100)
    humidity[rng.random(n) < 0.04] = np.nan
    wind = rng.gamma(2, 5, n)
    wind[rng.choice(n, 5, replace=False)] += 900
    table = {
        "datetime": when.strftime("%Y-%m-%d %H:%M:%S"),
        "season": np.array(SEASONS)[(when.month.to_numpy() % 12) // 3],
        "workingday": working,
        "weather": np.array(WEATHERS)[weather],
        "temp": temp,
        "humidity": humidity,
        "windspeed": wind,
        "visibility": np.where(rng.random(n) < 0.7, np.nan, rng.uniform(1, 10, n)),
        "casual": casual,
        "registered": count - casual,
        "count": count,
    }
    return pd.DataFrame(table)
