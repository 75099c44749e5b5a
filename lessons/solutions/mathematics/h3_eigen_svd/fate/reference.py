import numpy as np


def fate(a: np.ndarray, v: np.ndarray) -> str:
    w = a @ v
    length = np.sqrt(w @ w)
    if length < 1e-9 * np.sqrt(v @ v):
        return "vanished"
    cosine = w @ v / length / np.sqrt(v @ v)
    if cosine > 1 - 1e-9:
        return "kept"
    return "flipped" if cosine < -1 + 1e-9 else "turned"
