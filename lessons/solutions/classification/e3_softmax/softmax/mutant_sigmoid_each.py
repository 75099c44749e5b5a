# kind: sigmoid_each
import numpy as np


def softmax(s: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-s))
