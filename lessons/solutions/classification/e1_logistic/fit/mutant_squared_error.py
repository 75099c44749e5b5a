# kind: squared_error
import numpy as np


def fit(x: np.ndarray, y: np.ndarray, steps: int, lr: float) -> tuple[float, float]:
    w = b = 0.0
    for _ in range(steps):
        p = 1 / (1 + np.exp(-(w * x + b)))
        error = 2 * (p - y) * p * (1 - p)
        w, b = w - lr * np.mean(error * x), b - lr * np.mean(error)
    return float(w), float(b)
