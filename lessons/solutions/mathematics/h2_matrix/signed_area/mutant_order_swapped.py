# kind: order_swapped
import numpy as np


def signed_area(a: np.ndarray, b: np.ndarray) -> float:
    return float(a[1] * b[0] - a[0] * b[1])
