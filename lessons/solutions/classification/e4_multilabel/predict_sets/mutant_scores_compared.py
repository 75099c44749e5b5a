# kind: scores_compared
import numpy as np


def predict_sets(s: np.ndarray, threshold: float = 0.5) -> list[set[int]]:
    likely = s >= threshold
    return [set(np.flatnonzero(row).tolist()) for row in likely]
