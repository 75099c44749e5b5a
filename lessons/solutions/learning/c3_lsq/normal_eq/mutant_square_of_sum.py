# kind: squares_of_sum
import numpy as np


def normal_eq(x, y):
    sums = np.array([[len(x), np.sum(x)], [np.sum(x), np.sum(x) ** 2]])
    return np.linalg.solve(sums, np.array([np.sum(y), np.sum(x * y)]))
