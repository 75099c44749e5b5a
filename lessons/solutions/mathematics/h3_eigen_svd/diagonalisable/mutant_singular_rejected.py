# kind: singular_rejected
import numpy as np


def diagonalisable(a: np.ndarray) -> bool:
    return bool(abs(np.linalg.det(a)) > 1e-9)
