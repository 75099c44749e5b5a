# kind: hard
import numpy as np


def soft_threshold(v: np.ndarray, t: float) -> np.ndarray:
    return np.where(np.abs(v) > t, v, 0)
