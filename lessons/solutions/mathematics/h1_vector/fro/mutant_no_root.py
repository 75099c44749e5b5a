# kind: no_root
import numpy as np


def fro(a: np.ndarray) -> float:
    return float((a**2).sum())
