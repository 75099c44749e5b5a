import numpy as np


def gauss_fit(x: np.ndarray) -> tuple[float, float]:
    mean = x.mean()
    return float(mean), float(((x - mean) ** 2).mean())
