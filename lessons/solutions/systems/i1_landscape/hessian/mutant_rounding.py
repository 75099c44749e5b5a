# kind: rounding
import numpy as np


def hessian(f, x: np.ndarray) -> np.ndarray:
    e = 1e-9 * np.eye(len(x))
    return np.array([[(f(x + a + b) - f(x + a) - f(x + b) + f(x)) / 1e-18 for b in e] for a in e])
