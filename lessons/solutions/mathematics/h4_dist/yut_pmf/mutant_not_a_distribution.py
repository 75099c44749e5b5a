# kind: not_a_distribution
import numpy as np


def yut_pmf(p: float) -> np.ndarray:
    return np.array([4 * p, 6 * p**2, 4 * p**3, p**4, (1 - p) ** 4])
