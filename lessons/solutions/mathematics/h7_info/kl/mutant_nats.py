# kind: nats
import numpy as np


def kl(p: np.ndarray, q: np.ndarray) -> float:
    drawn = p > 0
    return float((p[drawn] * np.log(p[drawn] / q[drawn])).sum())
