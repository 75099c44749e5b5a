import numpy as np


def vertical(w0, w1, x, y):
    residuals = w0 + w1 * np.asarray(x) - np.asarray(y)
    return float(np.mean(residuals**2))
