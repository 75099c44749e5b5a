import numpy as np


def fit(x, y):
    design = np.column_stack([x, np.ones(len(x))])
    found = np.linalg.lstsq(design, y, rcond=None)[0]
    return found[:-1], float(found[-1, 0])
