# kind: point_changed
import numpy as np


def num_grad(f, p, h=1e-5):
    slopes = np.zeros(p.shape)
    for place in np.ndindex(p.shape):
        p[place] += h
        above = f(p)
        p[place] -= 2 * h
        slopes[place] = (above - f(p)) / (2 * h)
    return slopes
