# kind: index_not_value
import numpy as np


def grid_mle(candidates: np.ndarray, flips: np.ndarray) -> int:
    heads = flips.sum()
    scores = heads * np.log(candidates) + (len(flips) - heads) * np.log(1 - candidates)
    return int(scores.argmax())
