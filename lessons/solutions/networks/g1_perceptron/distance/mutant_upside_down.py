# kind: upside_down
import numpy as np


def distance(w: np.ndarray, T: float) -> float:
    return float(np.sqrt(w @ w) / abs(T))
