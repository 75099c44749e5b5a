# kind: sum_not_mean
import numpy as np


def cost(x, y, w, b):
    return float(np.sum((x @ w + b - y) ** 2))
