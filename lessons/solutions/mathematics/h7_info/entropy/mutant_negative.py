# kind: negative
import numpy as np


def entropy(p: np.ndarray) -> float:
    possible = p[p > 0]
    return float((possible * np.log2(possible)).sum())
