# kind: left_overlooked
import pandas as pd


def skewed(df: pd.DataFrame, not_features: set[str]) -> set[str]:
    found = set()
    for name in df.select_dtypes("number").columns.difference(list(not_features)):
        values = df[name].dropna()
        z = (values - values.mean()) / values.std(ddof=0)
        if values.nunique() > 2 and values.min() > -1 and (z**3).mean() > 1:
            found.add(name)
    return found
