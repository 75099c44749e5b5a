# kind: swapped
import numpy as np


def kl(p: np.ndarray, q: np.ndarray) -> float:
    return float((q * np.log2(q / p)).sum())
