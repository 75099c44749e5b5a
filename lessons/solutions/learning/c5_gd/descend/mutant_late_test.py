# kind: off_by_one
import numpy as np


def descend(gradient, start, rate, tolerance=1e-6, limit=10_000):
    w, steps = start, 0
    while steps < limit:
        slope = gradient(w)
        w = w - rate * slope
        steps += 1
        if np.linalg.norm(slope) < tolerance:
            break
    return w, steps
