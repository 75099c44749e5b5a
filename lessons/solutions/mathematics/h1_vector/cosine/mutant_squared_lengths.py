# kind: squared_lengths
import numpy as np


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / ((a @ a) * (b @ b)))
