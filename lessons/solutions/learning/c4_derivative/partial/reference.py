import numpy as np


def partial(f, p, i, h=1e-5):
    up, down = np.array(p, dtype=float), np.array(p, dtype=float)
    up[i] += h
    down[i] -= h
    return (f(up) - f(down)) / (2 * h)
