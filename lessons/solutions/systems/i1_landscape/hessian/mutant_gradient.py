# kind: gradient
import numpy as np


def hessian(f, x: np.ndarray) -> np.ndarray:
    return np.array([(f(x + h) - f(x - h)) / 2e-5 for h in 1e-5 * np.eye(len(x))])
