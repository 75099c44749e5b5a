# kind: distance
import numpy as np


def vertical(w0, w1, x, y):
    return float(np.mean(np.abs(w0 + w1 * x - y)))
