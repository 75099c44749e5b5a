# kind: factor_2
import numpy as np


def hessian(f, x: np.ndarray) -> np.ndarray:
    e = 1e-4 * np.eye(len(x))
    return np.array(
        [[(f(x + a + b) - f(x + a - b) - f(x - a + b) + f(x - a - b)) / 2e-8 for b in e] for a in e]
    )
