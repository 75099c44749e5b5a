# kind: target_named
import pandas as pd


def skewed(df: pd.DataFrame, not_features: set[str]) -> set[str]:
    found = set()
    for name in df.select_dtypes("number").columns:
        values = df[name].dropna()
        z = (values - values.mean()) / values.std(ddof=0)
        if values.nunique() > 2 and values.min() > -1 and abs((z**3).mean()) > 1:
            found.add(name)
    return found
