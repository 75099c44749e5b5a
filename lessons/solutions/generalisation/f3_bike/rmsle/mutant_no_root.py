# kind: no_root
import numpy as np


def rmsle(truth: np.ndarray, guess: np.ndarray) -> float:
    apart = np.log1p(np.maximum(guess, 0)) - np.log1p(truth)
    return float(np.mean(apart**2))
