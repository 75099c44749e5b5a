# kind: no_products
import numpy as np


def poly_features(X: np.ndarray, degree: int) -> np.ndarray:
    return np.hstack([np.ones((len(X), 1)), *(X**k for k in range(1, degree + 1))])
