# kind: swapped
import numpy as np


def nll(p: float, flips: np.ndarray) -> float:
    return float(-np.where(flips == 0, np.log(p), np.log(1 - p)).sum())
