# kind: flip_missed
import numpy as np


def fate(a: np.ndarray, v: np.ndarray) -> str:
    w = a @ v
    length = np.sqrt(w @ w)
    if length < 1e-9:
        return "vanished"
    return "kept" if abs(w @ v) > (1 - 1e-9) * length * np.sqrt(v @ v) else "turned"
