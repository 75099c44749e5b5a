# kind: only_exponential
import numpy as np


def softmax(s: np.ndarray) -> np.ndarray:
    return np.exp(s)
