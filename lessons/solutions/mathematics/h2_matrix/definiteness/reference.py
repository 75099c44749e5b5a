import numpy as np


def definiteness(a: np.ndarray) -> str:
    values = np.linalg.eigvalsh(a)
    tiny = 1e-9 * np.abs(values).max()
    low, high = values[0], values[-1]
    if low < -tiny and high > tiny:
        return "indefinite"
    if high > tiny:
        return "positive" if low > tiny else "positive semi"
    return "negative" if high < -tiny else "negative semi"
