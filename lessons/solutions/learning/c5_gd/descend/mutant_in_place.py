# kind: start_changed
import numpy as np


def descend(gradient, start, rate, tolerance=1e-6, limit=10_000):
    w, steps = start, 0
    while steps < limit and np.linalg.norm(gradient(w)) >= tolerance:
        w -= rate * gradient(w)
        steps += 1
    return w, steps
