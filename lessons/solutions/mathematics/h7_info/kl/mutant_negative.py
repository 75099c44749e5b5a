# kind: negative
import numpy as np


def kl(p: np.ndarray, q: np.ndarray) -> float:
    drawn = p > 0
    return float((p[drawn] * np.log2(q[drawn] / p[drawn])).sum())
