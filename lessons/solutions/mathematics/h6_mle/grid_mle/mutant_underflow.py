# kind: underflow
import numpy as np


def grid_mle(candidates: np.ndarray, flips: np.ndarray) -> float:
    heads = flips.sum()
    scores = candidates**heads * (1 - candidates) ** (len(flips) - heads)
    return float(candidates[scores.argmax()])
