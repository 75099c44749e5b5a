# kind: factor_2
import numpy as np


def mse(w, x, y):
    return float(np.sum((w * x - y) ** 2) / (2 * len(x)))
