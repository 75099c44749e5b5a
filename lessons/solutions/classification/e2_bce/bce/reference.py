import numpy as np


def bce(y: np.ndarray, p: np.ndarray) -> float:
    given = np.where(y == 1, p, 1 - p)
    with np.errstate(divide="ignore"):
        return float(-np.log(given).mean())
