# kind: not_converged
import numpy as np


def power_iteration(a: np.ndarray) -> tuple[float, np.ndarray]:
    v = np.random.default_rng(0).normal(size=len(a))
    v = a @ v
    v = v / np.sqrt(v @ v)
    return float(v @ a @ v), v
