# kind: forbidden
import numpy as np


def order(value: float | list) -> int:
    return np.ndim(value)
