# kind: no_log
import numpy as np


def rmsle(truth: np.ndarray, guess: np.ndarray) -> float:
    apart = np.maximum(guess, 0) - truth
    return float(np.sqrt(np.mean(apart**2)))
