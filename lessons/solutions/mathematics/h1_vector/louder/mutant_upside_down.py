# kind: upside_down
import numpy as np


def louder(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    return float(2 * (a @ b) / (a @ c))
