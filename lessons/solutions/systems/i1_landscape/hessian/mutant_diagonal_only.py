# kind: diagonal_only
import numpy as np


def hessian(f, x: np.ndarray) -> np.ndarray:
    e = 1e-4 * np.eye(len(x))
    return np.diag([(f(x + a) - 2 * f(x) + f(x - a)) / 1e-8 for a in e])
