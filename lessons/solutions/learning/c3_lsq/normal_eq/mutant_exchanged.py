# kind: exchanged
import numpy as np


def normal_eq(x, y):
    sums = np.array([[len(x), np.sum(x)], [np.sum(x), np.sum(x * x)]])
    w0, w1 = np.linalg.solve(sums, np.array([np.sum(y), np.sum(x * y)]))
    return w1, w0
