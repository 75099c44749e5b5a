import math

import numpy as np


def norm_p(x: np.ndarray, p: float) -> float:
    size = np.abs(x)
    if math.isinf(p):
        return float(size.max())
    return float((size**p).sum() ** (1 / p))
