# kind: no_determinant
import numpy as np


def gauss_logpdf(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> float:
    gap = x - mean
    return float(-0.5 * (len(x) * np.log(2 * np.pi) + gap @ np.linalg.solve(cov, gap)))
