# kind: sign_lost
import numpy as np


def power_iteration(a: np.ndarray) -> tuple[float, np.ndarray]:
    v = np.random.default_rng(0).normal(size=len(a))
    size = 1.0
    for _ in range(300):
        v = a @ v
        size = float(np.sqrt(v @ v))
        v = v / size
    return size, v
