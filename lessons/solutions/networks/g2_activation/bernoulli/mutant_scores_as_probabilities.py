# kind: scores_as_probabilities
import numpy as np


def bernoulli(z: np.ndarray, u: np.ndarray) -> np.ndarray:
    return (u < z).astype(int)
