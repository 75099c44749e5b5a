# kind: tails_ignored
import numpy as np


def nll(p: float, flips: np.ndarray) -> float:
    return float(-(flips * np.log(p)).sum())
