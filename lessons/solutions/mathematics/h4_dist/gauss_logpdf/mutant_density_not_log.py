# kind: density_not_log
import numpy as np


def gauss_logpdf(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> float:
    gap = x - mean
    norm = np.sqrt((2 * np.pi) ** len(x) * np.linalg.det(cov))
    return float(np.exp(-0.5 * gap @ np.linalg.solve(cov, gap)) / norm)
