# kind: mean_not_sum
import math

import numpy as np


def norm_p(x: np.ndarray, p: float) -> float:
    size = np.abs(x)
    return float(size.max()) if math.isinf(p) else float((size**p).mean() ** (1 / p))
