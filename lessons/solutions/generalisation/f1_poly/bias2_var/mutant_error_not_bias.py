# kind: error_not_bias
import numpy as np


def bias2_var(predictions: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    off = predictions - truth
    return float(np.mean(off**2)), float(predictions.var(axis=0).mean())
