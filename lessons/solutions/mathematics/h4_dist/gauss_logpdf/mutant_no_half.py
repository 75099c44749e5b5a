# kind: no_half
import numpy as np


def gauss_logpdf(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> float:
    gap = x - mean
    rest = 0.5 * (len(x) * np.log(2 * np.pi) + np.linalg.slogdet(cov)[1])
    return float(-rest - gap @ np.linalg.solve(cov, gap))
