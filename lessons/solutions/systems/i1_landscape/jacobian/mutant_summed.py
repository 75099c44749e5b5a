# kind: summed
import numpy as np


def jacobian(f, x: np.ndarray) -> np.ndarray:
    step = 1e-5 * np.eye(len(x))
    return np.array([(f(x + h) - f(x - h)).sum() / 2e-5 for h in step])
