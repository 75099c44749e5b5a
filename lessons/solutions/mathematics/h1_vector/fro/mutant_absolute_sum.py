# kind: absolute_sum
import numpy as np


def fro(a: np.ndarray) -> float:
    return float(np.abs(a).sum())
