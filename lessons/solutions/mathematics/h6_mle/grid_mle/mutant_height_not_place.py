# kind: height_not_place
import numpy as np


def grid_mle(candidates: np.ndarray, flips: np.ndarray) -> float:
    heads = flips.sum()
    return float((candidates**heads * (1 - candidates) ** (len(flips) - heads)).max())
