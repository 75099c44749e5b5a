# kind: no_price
import numpy as np


def ridge(X: np.ndarray, y: np.ndarray, alpha: float) -> np.ndarray:
    return np.linalg.solve(X.T @ X + 0 * np.eye(X.shape[1]), X.T @ y)
