# kind: extra_zeros
import numpy as np


def singular_values(a: np.ndarray) -> np.ndarray:
    return np.sqrt(np.clip(np.linalg.eigvalsh(a.T @ a)[::-1], 0, None))
