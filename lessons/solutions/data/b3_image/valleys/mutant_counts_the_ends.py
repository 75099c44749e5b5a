# kind: counts_the_ends
import numpy as np


def losses(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.array([np.mean((w * x - y) ** 2) for w in weights])


def valleys(values: np.ndarray) -> int:
    values = np.concatenate([[np.inf], values, [np.inf]])
    inner = values[1:-1]
    return int(np.sum((inner < values[:-2]) & (inner < values[2:])))
