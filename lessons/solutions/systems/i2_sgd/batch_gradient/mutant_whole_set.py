# kind: whole_set
import numpy as np


def batch_gradient(w: float, x: np.ndarray, y: np.ndarray, batch: np.ndarray) -> float:
    return float((2 * (w * x - y) * x).mean())
