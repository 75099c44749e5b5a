import numpy as np


def descend(gradient, start, rate, tolerance=1e-6, limit=10_000):
    w, steps = np.array(start, dtype=float), 0
    while steps < limit:
        slope = gradient(w)
        if np.sqrt(np.sum(slope**2)) < tolerance:
            break
        w = w - rate * slope
        steps += 1
    return w, steps
