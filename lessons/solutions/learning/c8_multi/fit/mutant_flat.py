# kind: flat
import numpy as np


def fit(x, y):
    found = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y, rcond=None)[0]
    return found[:-1, 0], float(found[-1, 0])
