# kind: wrong_order
import numpy as np


def minimax(table: np.ndarray) -> float:
    return float(table.min(axis=1).max())
