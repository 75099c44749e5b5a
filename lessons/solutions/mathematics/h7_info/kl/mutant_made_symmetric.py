# kind: made_symmetric
import numpy as np


def kl(p: np.ndarray, q: np.ndarray) -> float:
    return float(((p - q) * np.log2(p / q)).sum() / 2)
