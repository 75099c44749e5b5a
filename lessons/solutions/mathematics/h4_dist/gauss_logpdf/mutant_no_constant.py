# kind: no_constant
import numpy as np


def gauss_logpdf(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> float:
    gap = x - mean
    distance = gap @ np.linalg.solve(cov, gap)
    return float(-0.5 * (np.log(2 * np.pi) + np.linalg.slogdet(cov)[1] + distance))
