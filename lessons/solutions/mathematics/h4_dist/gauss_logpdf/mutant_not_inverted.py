# kind: not_inverted
import numpy as np


def gauss_logpdf(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> float:
    gap = x - mean
    rest = len(x) * np.log(2 * np.pi) + np.linalg.slogdet(cov)[1]
    return float(-0.5 * (rest + gap @ cov @ gap))
