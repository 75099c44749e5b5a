# kind: infinite
import numpy as np


def bce_logits(y: np.ndarray, z: np.ndarray) -> float:
    p = 1 / (1 + np.exp(-z))
    return float(-np.mean(np.where(y == 1, np.log(p), np.log(1 - p))))
