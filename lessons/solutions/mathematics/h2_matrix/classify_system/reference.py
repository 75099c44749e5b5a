import numpy as np


def classify_system(a: np.ndarray, b: np.ndarray) -> str:
    rank = np.linalg.matrix_rank(a)
    if np.linalg.matrix_rank(np.column_stack([a, b])) > rank:
        return "none"
    return "one" if rank == a.shape[1] else "many"
