# kind: order_swapped
import numpy as np


def commutator(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return b @ a - a @ b
