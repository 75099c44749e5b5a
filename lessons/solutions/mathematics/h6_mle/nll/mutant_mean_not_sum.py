# kind: mean_not_sum
import numpy as np


def nll(p: float, flips: np.ndarray) -> float:
    return float(-np.where(flips == 1, np.log(p), np.log(1 - p)).mean())
