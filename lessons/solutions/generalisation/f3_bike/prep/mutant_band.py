# kind: band
import pandas as pd

NAMED = ["season", "hour", "month", "weekday"]
DROPPED = ["datetime", "weather", "temp", "visibility", "count", "casual", "registered"]


def features(df: pd.DataFrame, humidity: float) -> pd.DataFrame:
    when = pd.to_datetime(df["datetime"])
    df = df.assign(hour=when.dt.hour, month=when.dt.month, weekday=when.dt.day_of_week)
    df = df.drop(columns=DROPPED).fillna({"humidity": humidity})
    return pd.get_dummies(df, columns=NAMED, dtype=float)


def prep(train: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    middle = train["humidity"].mean()
    first = features(train, middle)
    return first, features(other, middle).reindex(columns=first.columns, fill_value=0.0)
