# kind: only_equal
import numpy as np


def louder(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    return float((a @ c) / (a @ b))
