# kind: flat_missed
import numpy as np


def kind_of_point(h: np.ndarray) -> str:
    values = np.linalg.eigvalsh(h)
    if values[0] < -1e-9 and values[-1] > 1e-9:
        return "saddle"
    return "minimum" if values[-1] > 1e-9 else "maximum"
