# kind: extra_only
import numpy as np


def cross_entropy(p: np.ndarray, q: np.ndarray) -> float:
    drawn = p > 0
    return float((p[drawn] * np.log2(p[drawn] / q[drawn])).sum())
