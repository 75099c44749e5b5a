# kind: sum_not_mean
import numpy as np


def vertical(w0, w1, x, y):
    return float(np.sum((w0 + w1 * x - y) ** 2))
