# kind: zero_missed
import numpy as np


def fate(a: np.ndarray, v: np.ndarray) -> str:
    w = a @ v
    cosine = w @ v / (np.sqrt(w @ w) * np.sqrt(v @ v) + 1e-300)
    if cosine > 1 - 1e-9:
        return "kept"
    return "flipped" if cosine < -1 + 1e-9 else "turned"
