# kind: wrong_sign
import numpy as np


def cce_grad(s: np.ndarray, t: np.ndarray) -> np.ndarray:
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(s)), t] -= 1
    return -p / len(s)
