# kind: no_normalising
import numpy as np


def power_iteration(a: np.ndarray) -> tuple[float, np.ndarray]:
    v = np.ones(len(a)) + np.arange(len(a)) / 10
    for _ in range(2000):
        v = a @ v
    return float(v @ a @ v / (v @ v)), v
