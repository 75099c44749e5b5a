# kind: overflow
import numpy as np


def slopes(z: np.ndarray) -> dict[str, np.ndarray]:
    small = np.exp(-np.abs(z))
    upper = np.where(z >= 0, 1, small) / (1 + small)
    return {
        "step": np.zeros_like(z),
        "sigmoid": np.exp(-z) / (1 + np.exp(-z)) ** 2,
        "tanh": 1 - np.tanh(z) ** 2,
        "relu": (z > 0).astype(float),
        "softplus": upper,
    }
