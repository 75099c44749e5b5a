# kind: fair_only
import numpy as np


def yut_pmf(p: float) -> np.ndarray:
    return np.array([4, 6, 4, 1, 1]) / 16
