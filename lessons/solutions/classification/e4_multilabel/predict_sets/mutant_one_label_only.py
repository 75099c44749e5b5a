# kind: one_label_only
import numpy as np


def predict_sets(s: np.ndarray, threshold: float = 0.5) -> list[set[int]]:
    return [{int(row.argmax())} for row in s]
