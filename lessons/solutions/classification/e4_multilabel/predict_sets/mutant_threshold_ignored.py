# kind: threshold_ignored
import numpy as np


def predict_sets(s: np.ndarray, threshold: float = 0.5) -> list[set[int]]:
    likely = 1 / (1 + np.exp(-s)) >= 0.5
    return [set(np.flatnonzero(row).tolist()) for row in likely]
