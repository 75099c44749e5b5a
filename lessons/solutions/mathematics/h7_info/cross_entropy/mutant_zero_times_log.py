# kind: zero_times_log
import numpy as np


def cross_entropy(p: np.ndarray, q: np.ndarray) -> float:
    return float(-(p * np.log2(q)).sum())
