# kind: bias_among_weights
import numpy as np


def fit(x, y):
    found = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0]
    return found, float(found[0, 0])
