# kind: mixed_pair
import numpy as np


def choose(labels: np.ndarray) -> tuple[str, str]:
    return ("softmax", "binary") if (labels.sum(axis=1) == 1).all() else ("sigmoid", "binary")
