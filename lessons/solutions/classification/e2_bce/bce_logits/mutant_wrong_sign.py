# kind: wrong_sign
import numpy as np


def bce_logits(y: np.ndarray, z: np.ndarray) -> float:
    each = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z
    return float(-each.mean())
