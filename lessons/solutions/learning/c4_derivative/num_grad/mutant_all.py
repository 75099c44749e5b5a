# kind: all_at_once
import numpy as np


def num_grad(f, p, h=1e-5):
    return np.full(p.shape, (f(p + h) - f(p - h)) / (2 * h))
