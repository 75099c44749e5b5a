import numpy as np


def diagonalisable(a: np.ndarray) -> bool:
    _, q = np.linalg.eig(a)
    return bool(np.linalg.matrix_rank(q, tol=1e-6) == len(a))
