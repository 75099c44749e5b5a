# kind: no_factor_2
import numpy as np


def batch_gradient(w: float, x: np.ndarray, y: np.ndarray, batch: np.ndarray) -> float:
    return float(((w * x[batch] - y[batch]) * x[batch]).mean())
