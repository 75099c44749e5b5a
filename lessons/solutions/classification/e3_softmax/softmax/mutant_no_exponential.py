# kind: no_exponential
import numpy as np


def softmax(s: np.ndarray) -> np.ndarray:
    lifted = s
    return lifted / lifted.sum(axis=1, keepdims=True)
