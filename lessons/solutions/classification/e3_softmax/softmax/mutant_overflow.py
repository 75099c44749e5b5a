# kind: overflow
import numpy as np


def softmax(s: np.ndarray) -> np.ndarray:
    lifted = np.exp(s)
    return lifted / lifted.sum(axis=1, keepdims=True)
