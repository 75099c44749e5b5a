# kind: factor_2_lost
import numpy as np


def grad(w, x, y):
    errors = w[0] + w[1] * x - y
    return np.array([errors.mean(), (errors * x).mean()])
