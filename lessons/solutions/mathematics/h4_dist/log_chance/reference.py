import numpy as np


def log_chance(z: float, y: int) -> float:
    return float(-np.logaddexp(0.0, -z if y == 1 else z))
