# kind: labels_not_probabilities
import numpy as np


def predict_proba(X: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    z = X @ w + b
    small = np.exp(-np.abs(z))
    return (z > 0).astype(float)
