# kind: sum_not_mean
import numpy as np


def fit(x: np.ndarray, y: np.ndarray, steps: int, lr: float) -> tuple[float, float]:
    w = b = 0.0
    for _ in range(steps):
        error = 1 / (1 + np.exp(-(w * x + b))) - y
        w, b = w - lr * np.sum(error * x), b - lr * np.sum(error)
    return float(w), float(b)
