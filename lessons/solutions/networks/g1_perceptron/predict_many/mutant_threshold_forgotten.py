# kind: threshold_forgotten
import numpy as np


def predict_many(X: np.ndarray, W: np.ndarray, T: np.ndarray) -> np.ndarray:
    return (X @ W.T >= 0).astype(int)
