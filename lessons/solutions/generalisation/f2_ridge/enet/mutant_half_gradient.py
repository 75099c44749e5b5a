# kind: half_gradient
import numpy as np


def enet(X: np.ndarray, y: np.ndarray, alpha: float, r: float, steps: int = 3000) -> np.ndarray:
    n = len(y)
    limit = 2 / n * np.linalg.eigvalsh(X.T @ X)[-1] + (1 - r) * alpha
    w = np.zeros(X.shape[1])
    for _ in range(steps):
        w = w - (1 / n * X.T @ (X @ w - y) + (1 - r) * alpha * w) / limit
        w = np.copysign(np.maximum(np.abs(w) - r * alpha / limit, 0), w)
    return w
