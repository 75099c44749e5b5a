import numpy as np


def softmax(s: np.ndarray) -> np.ndarray:
    lifted = np.exp(s - s.max(axis=1, keepdims=True))
    return lifted / lifted.sum(axis=1, keepdims=True)
