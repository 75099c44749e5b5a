# kind: no_ones
from itertools import combinations_with_replacement

import numpy as np


def poly_features(X: np.ndarray, degree: int) -> np.ndarray:
    chosen = [
        list(one)
        for k in range(1, degree + 1)
        for one in combinations_with_replacement(range(X.shape[1]), k)
    ]
    return np.stack([X[:, one].prod(axis=1) for one in chosen], axis=1)
