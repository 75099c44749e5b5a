# kind: absolute
import numpy as np


def mse(w, x, y):
    return float(np.mean(np.abs(w * x - y)))
