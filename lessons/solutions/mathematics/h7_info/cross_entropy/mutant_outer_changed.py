# kind: outer_changed
import numpy as np


def cross_entropy(p: np.ndarray, q: np.ndarray) -> float:
    drawn = q > 0
    return float(-(q[drawn] * np.log2(p[drawn])).sum())
