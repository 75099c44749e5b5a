# kind: too_strict
import numpy as np


def fate(a: np.ndarray, v: np.ndarray) -> str:
    ratio = (a @ v) / v
    if (ratio == 0).all():
        return "vanished"
    if (ratio == ratio[0]).all():
        return "kept" if ratio[0] > 0 else "flipped"
    return "turned"
