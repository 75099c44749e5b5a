# kind: clipped
import numpy as np


def bce_logits(y: np.ndarray, z: np.ndarray) -> float:
    p = np.clip(1 / (1 + np.exp(-z)), 1e-12, 1 - 1e-12)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
