# kind: threshold_added
import numpy as np


def predict_many(X: np.ndarray, W: np.ndarray, T: np.ndarray) -> np.ndarray:
    return (X @ W.T >= -T).astype(int)
