# kind: no_opponent
import numpy as np


def minimax(table: np.ndarray) -> float:
    return float(table.min())
