# kind: distance_instead
import numpy as np


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(1 - a @ b / np.sqrt((a @ a) * (b @ b)))
