import numpy as np


def mse(w, x, y):
    errors = w * np.asarray(x) - np.asarray(y)
    return float(np.mean(errors**2))
