# kind: bracket_sum
import numpy as np


def bce(y: np.ndarray, p: np.ndarray) -> float:
    return float(-np.mean(y * np.log(p)) + np.sum((1 - y) * np.log(1 - p)))
