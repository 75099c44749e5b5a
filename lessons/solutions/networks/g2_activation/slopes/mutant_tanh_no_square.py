# kind: tanh_no_square
import numpy as np


def slopes(z: np.ndarray) -> dict[str, np.ndarray]:
    small = np.exp(-np.abs(z))
    upper = np.where(z >= 0, 1, small) / (1 + small)
    return {
        "step": np.zeros_like(z),
        "sigmoid": small / (1 + small) ** 2,
        "tanh": 1 - np.tanh(z),
        "relu": (z > 0).astype(float),
        "softplus": upper,
    }
