# kind: infinite
import numpy as np


def bce_logits(y: np.ndarray, z: np.ndarray) -> float:
    return float(np.mean(np.log(1 + np.exp(z)) - y * z))
