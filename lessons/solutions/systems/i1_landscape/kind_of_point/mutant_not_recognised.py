# kind: not_recognised
import numpy as np


def kind_of_point(h: np.ndarray) -> str:
    return "saddle" if np.linalg.det(h) < 0 else "unclear"
