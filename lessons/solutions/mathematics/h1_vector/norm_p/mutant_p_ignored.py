# kind: p_ignored
import numpy as np


def norm_p(x: np.ndarray, p: float) -> float:
    return float(np.sqrt((x**2).sum()))
