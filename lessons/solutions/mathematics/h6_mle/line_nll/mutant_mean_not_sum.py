# kind: mean_not_sum
import numpy as np


def line_nll(w: float, x: np.ndarray, y: np.ndarray, sigma: float) -> float:
    errors = y - w * x
    return float((errors**2).mean() / (2 * sigma**2) + np.log(sigma * np.sqrt(2 * np.pi)))
