import numpy as np


def unpriced(s: np.ndarray, t: np.ndarray) -> tuple[int, int]:
    own = np.take_along_axis(s, t[:, None], axis=1)
    return int((own <= 0).sum()), int((own > 1).sum())
