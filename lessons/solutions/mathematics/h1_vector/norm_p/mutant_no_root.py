# kind: no_root
import math

import numpy as np


def norm_p(x: np.ndarray, p: float) -> float:
    size = np.abs(x)
    return float(size.max()) if math.isinf(p) else float((size**p).sum())
