# kind: not_simultaneous
import numpy as np


def fit(x: np.ndarray, y: np.ndarray, steps: int, lr: float) -> tuple[float, float]:
    w = b = 0.0
    for _ in range(steps):
        error = 1 / (1 + np.exp(-(w * x + b))) - y
        w = w - lr * np.mean(error * x)
        error = 1 / (1 + np.exp(-(w * x + b))) - y
        b = b - lr * np.mean(error)
    return float(w), float(b)
