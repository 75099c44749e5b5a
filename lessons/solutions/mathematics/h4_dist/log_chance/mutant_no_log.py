# kind: no_log
import numpy as np


def log_chance(z: float, y: int) -> float:
    return float(np.exp(-np.logaddexp(0.0, -z if y == 1 else z)))
