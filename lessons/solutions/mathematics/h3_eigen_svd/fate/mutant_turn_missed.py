# kind: turn_missed
import numpy as np


def fate(a: np.ndarray, v: np.ndarray) -> str:
    w = a @ v
    if np.sqrt(w @ w) < 1e-9:
        return "vanished"
    return "kept" if w @ v > 0 else "flipped"
