# kind: sum_not_mean
import numpy as np


def grad(w, x, y):
    errors = w[0] + w[1] * x - y
    return np.array([2 * errors.sum(), 2 * (errors * x).sum()])
