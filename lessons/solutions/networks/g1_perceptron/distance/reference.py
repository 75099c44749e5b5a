import numpy as np


def distance(w: np.ndarray, T: float) -> float:
    return float(abs(T) / np.sqrt(w @ w))
