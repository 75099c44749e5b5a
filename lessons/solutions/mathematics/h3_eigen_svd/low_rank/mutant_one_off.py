# kind: one_off
import numpy as np


def low_rank(a: np.ndarray, k: int) -> np.ndarray:
    u, values, vt = np.linalg.svd(a, full_matrices=False)
    return (u[:, : k + 1] * values[: k + 1]) @ vt[: k + 1]
