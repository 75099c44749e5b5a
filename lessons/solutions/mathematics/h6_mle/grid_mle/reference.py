import numpy as np


def grid_mle(candidates: np.ndarray, flips: np.ndarray) -> float:
    heads = flips.sum()
    scores = heads * np.log(candidates) + (len(flips) - heads) * np.log(1 - candidates)
    return float(candidates[scores.argmax()])
