# kind: exclusive_overlooked
import numpy as np


def choose(labels: np.ndarray) -> tuple[str, str]:
    return ("softmax", "categorical") if labels.shape[1] == 2 else ("sigmoid", "binary")
