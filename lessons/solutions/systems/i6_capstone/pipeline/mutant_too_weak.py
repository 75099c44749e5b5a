# kind: too_weak
import numpy as np


def pipeline(x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    return np.full(len(x_test), int(y_train.mean() > 0.5))
