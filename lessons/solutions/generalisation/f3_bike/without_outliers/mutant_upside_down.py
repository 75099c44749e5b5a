# kind: upside_down
import pandas as pd


def without_outliers(df: pd.DataFrame, column: str, k: float) -> pd.DataFrame:
    low, high = df[column].quantile([0.25, 0.75])
    reach = k * (high - low)
    return df[~df[column].between(low - reach, high + reach)]
