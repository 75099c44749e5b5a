# kind: row_sums
import numpy as np


def fro(a: np.ndarray) -> float:
    return float(sum(np.sqrt((row**2).sum()) for row in a))
