# kind: root
import numpy as np


def mse(w, x, y):
    return float(np.sqrt(np.mean((w * x - y) ** 2)))
