# kind: swapped
import numpy as np


def kind_of_point(h: np.ndarray) -> str:
    values = np.linalg.eigvalsh(h)
    if values[0] < -1e-9 and values[-1] > 1e-9:
        return "saddle"
    if np.abs(values).min() <= 1e-9:
        return "unclear"
    return "maximum" if values[0] > 0 else "minimum"
