# kind: not_squared
import numpy as np


def table(x, y, ws):
    errors = np.outer(x, ws) - y[:, None]
    return np.vstack([errors, errors.mean(axis=0)])
