# kind: scores_not_probabilities
import numpy as np


def nudge(p: np.ndarray, scores: np.ndarray, rate: float) -> np.ndarray:
    return scores - rate * (scores - p)
