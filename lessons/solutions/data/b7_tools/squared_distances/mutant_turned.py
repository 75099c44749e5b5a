# kind: turned
import numpy as np


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return ((b[:, None, :] - a[None, :, :]) ** 2).sum(axis=2)
