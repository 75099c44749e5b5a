# kind: products_twice
from itertools import product

import numpy as np


def poly_features(X: np.ndarray, degree: int) -> np.ndarray:
    chosen = [list(one) for k in range(degree + 1) for one in product(range(X.shape[1]), repeat=k)]
    return np.stack([X[:, one].prod(axis=1) for one in chosen], axis=1)
