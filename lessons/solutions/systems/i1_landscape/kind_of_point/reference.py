import numpy as np


def kind_of_point(h: np.ndarray) -> str:
    values = np.linalg.eigvalsh(h)
    tiny = 1e-9 * np.abs(values).max()
    if values[0] < -tiny and values[-1] > tiny:
        return "saddle"
    if np.abs(values).min() <= tiny:
        return "unclear"
    return "minimum" if values[0] > 0 else "maximum"
