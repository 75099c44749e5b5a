import numpy as np


def nudge(p: np.ndarray, scores: np.ndarray, rate: float) -> np.ndarray:
    q = np.exp(scores - scores.max())
    return scores - rate * (q / q.sum() - p)
