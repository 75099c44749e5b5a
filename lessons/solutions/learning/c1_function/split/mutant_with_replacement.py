# kind: drawn_twice
import numpy as np


def split(n, test_share, rng):
    train = rng.integers(0, n, 4 * n)
    return train, np.setdiff1d(np.arange(n), train)
