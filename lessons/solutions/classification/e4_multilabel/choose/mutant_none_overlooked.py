# kind: none_overlooked
import numpy as np


def choose(labels: np.ndarray) -> tuple[str, str]:
    return ("softmax", "categorical") if (labels.sum(axis=1) <= 1).all() else ("sigmoid", "binary")
