# kind: determinant_only
import numpy as np


def definiteness(a: np.ndarray) -> str:
    value = np.linalg.det(a)
    if abs(value) < 1e-9:
        return "positive semi"
    return "positive" if value > 0 else "indefinite"
