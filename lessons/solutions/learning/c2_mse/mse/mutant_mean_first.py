# kind: mean_then_square
import numpy as np


def mse(w, x, y):
    return float(np.mean(w * x - y) ** 2)
