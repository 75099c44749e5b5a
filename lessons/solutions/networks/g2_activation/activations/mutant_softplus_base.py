# kind: softplus_base
import numpy as np


def activations(z: np.ndarray) -> dict[str, np.ndarray]:
    small = np.exp(-np.abs(z))
    return {
        "step": (z >= 0).astype(float),
        "sigmoid": np.where(z >= 0, 1, small) / (1 + small),
        "tanh": np.tanh(z),
        "relu": np.maximum(z, 0),
        "softplus": np.log2(1 + np.exp(z)),
    }
