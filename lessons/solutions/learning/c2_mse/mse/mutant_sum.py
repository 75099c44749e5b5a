# kind: sum_not_mean
import numpy as np


def mse(w, x, y):
    return float(np.sum((w * x - y) ** 2))
