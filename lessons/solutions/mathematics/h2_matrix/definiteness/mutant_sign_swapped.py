# kind: sign_swapped
import numpy as np


def definiteness(a: np.ndarray) -> str:
    values = np.linalg.eigvalsh(-a)
    if values[0] < 0 < values[-1]:
        return "indefinite"
    return "positive" if values[0] > 0 else "negative"
