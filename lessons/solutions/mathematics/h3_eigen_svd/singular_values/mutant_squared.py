# kind: squared
import numpy as np


def singular_values(a: np.ndarray) -> np.ndarray:
    return np.linalg.eigvalsh(a.T @ a)[::-1][: min(a.shape)]
