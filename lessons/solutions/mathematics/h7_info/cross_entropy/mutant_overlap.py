# kind: overlap
import numpy as np


def cross_entropy(p: np.ndarray, q: np.ndarray) -> float:
    return float(np.minimum(p, q).sum())
