# kind: hard_max
import numpy as np


def softmax(s: np.ndarray) -> np.ndarray:
    return (s == s.max(axis=1, keepdims=True)).astype(float)
