# kind: lengths_left_in
import numpy as np


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b)
