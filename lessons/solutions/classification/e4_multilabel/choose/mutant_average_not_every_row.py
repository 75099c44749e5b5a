# kind: average_not_every_row
import numpy as np


def choose(labels: np.ndarray) -> tuple[str, str]:
    return ("softmax", "categorical") if labels.sum() == len(labels) else ("sigmoid", "binary")
