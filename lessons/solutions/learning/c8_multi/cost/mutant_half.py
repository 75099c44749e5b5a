# kind: factor_2
import numpy as np


def cost(x, y, w, b):
    return float(np.sum((x @ w + b - y) ** 2) / (2 * len(x)))
