import numpy as np


def fro(a: np.ndarray) -> float:
    return float(np.sqrt((a**2).sum()))
