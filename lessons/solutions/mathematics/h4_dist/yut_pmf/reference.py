import math

import numpy as np


def yut_pmf(p: float) -> np.ndarray:
    return np.array([math.comb(4, k) * p**k * (1 - p) ** (4 - k) for k in (1, 2, 3, 4, 0)])
