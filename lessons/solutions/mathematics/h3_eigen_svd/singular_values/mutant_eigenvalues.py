# kind: eigenvalues
import numpy as np


def singular_values(a: np.ndarray) -> np.ndarray:
    return np.sort(np.abs(np.linalg.eigvals(a)))[::-1]
