# kind: counts_peaks
import numpy as np


def losses(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.array([np.mean((w * x - y) ** 2) for w in weights])


def valleys(values: np.ndarray) -> int:
    inner = values[1:-1]
    dips = int(np.sum((inner < values[:-2]) & (inner < values[2:])))
    return dips or int(np.sum((inner > values[:-2]) & (inner > values[2:])))
