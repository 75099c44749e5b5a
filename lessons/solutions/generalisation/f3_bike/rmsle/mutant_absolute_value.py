# kind: absolute_value
import numpy as np


def rmsle(truth: np.ndarray, guess: np.ndarray) -> float:
    apart = np.log1p(np.abs(guess)) - np.log1p(truth)
    return float(np.sqrt(np.mean(apart**2)))
