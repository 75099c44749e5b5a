# kind: plain_mean
import numpy as np


def entropy(p: np.ndarray) -> float:
    return float(-np.log2(p[p > 0]).mean())
