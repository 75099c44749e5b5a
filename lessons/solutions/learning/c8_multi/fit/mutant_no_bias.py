# kind: no_bias
import numpy as np


def fit(x, y):
    return np.linalg.lstsq(x, y, rcond=None)[0], 0.0
