# kind: no_absolute
import math

import numpy as np


def norm_p(x: np.ndarray, p: float) -> float:
    if math.isinf(p):
        return float(x.max())
    return float((x**p).sum() ** (1 / p)) if p > 1 else abs(float(x.sum()))
