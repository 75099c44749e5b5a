import numpy as np


def soft_threshold(v: np.ndarray, t: float) -> np.ndarray:
    return np.copysign(np.maximum(np.abs(v) - t, 0), v)
