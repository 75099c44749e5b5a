# kind: factor_2_lost
import numpy as np


def steps_to(x, y, rate, target, limit):
    w, b = np.zeros(x.shape[1]), 0.0
    for step in range(limit):
        errors = x @ w + b - y
        if np.mean(errors**2) <= target:
            return step
        w, b = w - rate * x.T @ errors / len(y), b - rate * errors.mean()
    return limit
