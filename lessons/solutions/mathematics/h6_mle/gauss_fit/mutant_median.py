# kind: median
import numpy as np


def gauss_fit(x: np.ndarray) -> tuple[float, float]:
    middle = np.median(x)
    return float(middle), float(((x - middle) ** 2).mean())
