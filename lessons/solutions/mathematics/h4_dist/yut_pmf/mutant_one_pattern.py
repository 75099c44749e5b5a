# kind: one_pattern
import numpy as np


def yut_pmf(p: float) -> np.ndarray:
    return np.array([p**k * (1 - p) ** (4 - k) for k in (1, 2, 3, 4, 0)])
