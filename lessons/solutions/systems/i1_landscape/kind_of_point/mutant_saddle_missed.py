# kind: saddle_missed
import numpy as np


def kind_of_point(h: np.ndarray) -> str:
    trace = np.trace(h)
    return "minimum" if trace > 0 else "maximum"
