# kind: summed
import numpy as np


def minimax(table: np.ndarray) -> float:
    return float(table.sum(axis=1).min())
