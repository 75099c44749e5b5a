import numpy as np


def grad(w, x, y):
    errors = w[0] + w[1] * np.asarray(x) - np.asarray(y)
    return np.array([2 * errors.mean(), 2 * (errors * x).mean()])
