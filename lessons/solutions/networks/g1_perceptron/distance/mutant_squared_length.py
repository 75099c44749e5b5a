# kind: squared_length
import numpy as np


def distance(w: np.ndarray, T: float) -> float:
    return float(abs(T) / (w @ w))
