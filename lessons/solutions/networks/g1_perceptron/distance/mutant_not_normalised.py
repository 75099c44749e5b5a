# kind: not_normalised
import numpy as np


def distance(w: np.ndarray, T: float) -> float:
    return float(abs(T))
