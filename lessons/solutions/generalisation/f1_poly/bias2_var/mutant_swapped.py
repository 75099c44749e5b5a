# kind: swapped
import numpy as np


def bias2_var(predictions: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    off = predictions.mean(axis=0) - truth
    return float(predictions.var(axis=0).mean()), float(np.mean(off**2))
