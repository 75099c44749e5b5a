# kind: micro
import numpy as np


def macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    hits = (truth * guess).sum()
    below = truth.sum() + guess.sum()
    return float(np.mean(2 * hits / np.maximum(below, 1)))
