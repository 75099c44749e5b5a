# kind: signed
import numpy as np


def distance(w: np.ndarray, T: float) -> float:
    return float(T / np.sqrt(w @ w))
