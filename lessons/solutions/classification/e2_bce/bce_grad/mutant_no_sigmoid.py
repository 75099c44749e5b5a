# kind: no_sigmoid
import numpy as np


def bce_grad(x: np.ndarray, y: np.ndarray, w: float, b: float) -> tuple[float, float]:
    error = w * x + b - y
    return float(np.mean(error * x)), float(np.mean(error))
