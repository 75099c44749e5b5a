# kind: other_randomness
import numpy as np


def split(n, test_share, rng):
    order = np.random.default_rng().permutation(n)
    size = round(n * test_share)
    return order[size:], order[:size]
