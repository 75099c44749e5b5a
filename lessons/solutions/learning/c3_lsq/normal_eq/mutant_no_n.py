# kind: no_n
import numpy as np


def normal_eq(x, y):
    sums = np.array([[1.0, np.sum(x)], [np.sum(x), np.sum(x * x)]])
    return np.linalg.solve(sums, np.array([np.sum(y), np.sum(x * y)]))
