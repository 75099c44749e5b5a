# kind: cross_entropy
import numpy as np


def kl(p: np.ndarray, q: np.ndarray) -> float:
    return float(-(p * np.log2(q)).sum())
