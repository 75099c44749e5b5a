# kind: inconsistent_missed
import numpy as np


def classify_system(a: np.ndarray, b: np.ndarray) -> str:
    return "one" if np.linalg.matrix_rank(a) == a.shape[1] else "many"
