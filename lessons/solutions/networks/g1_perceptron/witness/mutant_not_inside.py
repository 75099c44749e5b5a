# kind: not_inside
import numpy as np


def witness(w: np.ndarray, T: float) -> tuple[np.ndarray, float]:
    return -(abs(T) + 1) / (w @ w) * w, -(abs(T) + 1.0)
