# kind: values_missing
import numpy as np


def low_rank(a: np.ndarray, k: int) -> np.ndarray:
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return u[:, :k] @ vt[:k]
