# kind: around_zero
import numpy as np


def gauss_fit(x: np.ndarray) -> tuple[float, float]:
    return float(x.mean()), float((x**2).mean())
