# kind: factor_2
import numpy as np


def macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    hits = (truth * guess).sum(axis=0)
    below = truth.sum(axis=0) + guess.sum(axis=0)
    return float(np.mean(hits / np.maximum(below, 1)))
