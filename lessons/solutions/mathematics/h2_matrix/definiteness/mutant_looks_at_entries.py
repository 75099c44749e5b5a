# kind: looks_at_entries
import numpy as np


def definiteness(a: np.ndarray) -> str:
    if (a > 0).all():
        return "positive"
    if (a < 0).all():
        return "negative"
    return "indefinite"
