# kind: bias_not_squared
import numpy as np


def bias2_var(predictions: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    off = predictions.mean(axis=0) - truth
    return float(np.mean(abs(off))), float(predictions.var(axis=0).mean())
