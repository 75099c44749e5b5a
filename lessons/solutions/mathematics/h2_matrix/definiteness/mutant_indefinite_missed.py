# kind: indefinite_missed
import numpy as np


def definiteness(a: np.ndarray) -> str:
    values = np.linalg.eigvalsh(a)
    if values[-1] > 1e-9:
        return "positive" if abs(values).min() > 1e-9 else "positive semi"
    return "negative" if abs(values).min() > 1e-9 else "negative semi"
