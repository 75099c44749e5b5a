# kind: negative_lost
import numpy as np


def soft_threshold(v: np.ndarray, t: float) -> np.ndarray:
    return np.maximum(v - t, 0)
