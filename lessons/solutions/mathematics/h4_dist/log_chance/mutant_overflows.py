# kind: overflows
import numpy as np


def log_chance(z: float, y: int) -> float:
    p = 1 / (1 + np.exp(-np.float64(z)))
    return float(np.log(p) if y == 1 else np.log(1 - p))
