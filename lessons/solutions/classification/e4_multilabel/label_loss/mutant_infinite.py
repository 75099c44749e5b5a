# kind: infinite
import numpy as np


def label_loss(s: np.ndarray, t: np.ndarray) -> float:
    each = np.log(1 + np.exp(s)) - t * s
    return float(each.mean())
