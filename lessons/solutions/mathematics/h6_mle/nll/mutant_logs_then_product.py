# kind: logs_then_product
import numpy as np


def nll(p: float, flips: np.ndarray) -> float:
    return float(-np.log(np.where(flips == 1, p, 1 - p).sum()))
