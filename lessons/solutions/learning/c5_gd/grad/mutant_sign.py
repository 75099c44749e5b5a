# kind: sign
import numpy as np


def grad(w, x, y):
    errors = y - w[0] - w[1] * x
    return np.array([2 * errors.mean(), 2 * (errors * x).mean()])
