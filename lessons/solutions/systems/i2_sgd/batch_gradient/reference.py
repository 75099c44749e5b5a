import numpy as np


def batch_gradient(w: float, x: np.ndarray, y: np.ndarray, batch: np.ndarray) -> float:
    return float((2 * (w * x[batch] - y[batch]) * x[batch]).mean())
