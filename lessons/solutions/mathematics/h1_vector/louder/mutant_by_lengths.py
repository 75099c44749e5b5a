# kind: by_lengths
import numpy as np


def louder(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    return float(2 * np.linalg.norm(c) / np.linalg.norm(b))
