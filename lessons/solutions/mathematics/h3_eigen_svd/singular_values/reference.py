import numpy as np


def singular_values(a: np.ndarray) -> np.ndarray:
    squares = np.linalg.eigvalsh(a.T @ a)[::-1][: min(a.shape)]
    return np.sqrt(np.clip(squares, 0, None))
