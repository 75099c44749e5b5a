import numpy as np


def line_nll(w: float, x: np.ndarray, y: np.ndarray, sigma: float) -> float:
    errors = y - w * x
    return float((errors @ errors) / (2 * sigma**2) + len(x) * np.log(sigma * np.sqrt(2 * np.pi)))
