# kind: probabilities_returned
import numpy as np


def bernoulli(z: np.ndarray, u: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))
