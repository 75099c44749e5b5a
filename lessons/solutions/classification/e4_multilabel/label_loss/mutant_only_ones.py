# kind: only_ones
import numpy as np


def label_loss(s: np.ndarray, t: np.ndarray) -> float:
    each = t * (np.maximum(-s, 0) + np.log1p(np.exp(-np.abs(s))))
    return float(each.mean())
