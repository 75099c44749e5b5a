# kind: past_zero
import numpy as np


def soft_threshold(v: np.ndarray, t: float) -> np.ndarray:
    return v - t * np.sign(v)
