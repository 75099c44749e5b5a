# kind: wrong_sign
import numpy as np


def bce_grad(x: np.ndarray, y: np.ndarray, w: float, b: float) -> tuple[float, float]:
    error = y - 1 / (1 + np.exp(-(w * x + b)))
    return float(np.mean(error * x)), float(np.mean(error))
