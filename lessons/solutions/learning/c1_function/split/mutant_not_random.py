# kind: not_random
import numpy as np


def split(n, test_share, rng):
    size = round(n * test_share)
    return np.arange(n - size), np.arange(n - size, n)
