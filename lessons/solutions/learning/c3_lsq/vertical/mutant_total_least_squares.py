# kind: right_angle_squared
import numpy as np


def vertical(w0, w1, x, y):
    return float(np.mean((w0 + w1 * x - y) ** 2) / (1 + w1**2))
