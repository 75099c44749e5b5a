# kind: zero_times_log
import numpy as np


def entropy(p: np.ndarray) -> float:
    return float(-(p * np.log2(p)).sum())
