# kind: uphill
import numpy as np


def batch_gradient(w: float, x: np.ndarray, y: np.ndarray, batch: np.ndarray) -> float:
    return float((2 * (y[batch] - w * x[batch]) * x[batch]).mean())
