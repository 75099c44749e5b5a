# kind: semi_missed
import numpy as np


def definiteness(a: np.ndarray) -> str:
    values = np.linalg.eigvalsh(a)
    if values[0] < -1e-9 and values[-1] > 1e-9:
        return "indefinite"
    return "positive" if values[-1] > 1e-9 else "negative"
