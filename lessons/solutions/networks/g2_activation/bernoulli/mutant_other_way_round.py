# kind: other_way_round
import numpy as np


def bernoulli(z: np.ndarray, u: np.ndarray) -> np.ndarray:
    return (u * (1 + np.exp(-z)) >= 1).astype(int)
