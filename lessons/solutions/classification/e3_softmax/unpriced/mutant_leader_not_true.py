# kind: leader_not_true
import numpy as np


def unpriced(s: np.ndarray, t: np.ndarray) -> tuple[int, int]:
    own = s.max(axis=1)
    return int((own <= 0).sum()), int((own > 1).sum())
