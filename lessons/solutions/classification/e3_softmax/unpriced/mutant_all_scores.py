# kind: all_scores
import numpy as np


def unpriced(s: np.ndarray, t: np.ndarray) -> tuple[int, int]:
    own = s
    return int((own <= 0).sum()), int((own > 1).sum())
