# kind: repeated_rejected
import numpy as np


def diagonalisable(a: np.ndarray) -> bool:
    values = np.sort(np.linalg.eigvals(a).real)
    return bool((np.diff(values) > 1e-6).all())
