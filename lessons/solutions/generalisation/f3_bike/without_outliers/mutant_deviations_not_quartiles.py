# kind: deviations_not_quartiles
import pandas as pd


def without_outliers(df: pd.DataFrame, column: str, k: float) -> pd.DataFrame:
    low = high = df[column].mean()
    reach = k * df[column].std(ddof=0)
    return df[df[column].between(low - reach, high + reach) | df[column].isna()]
