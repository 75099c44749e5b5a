# kind: offsets_lost
import numpy as np


def collapse(layers: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    W, b = layers[0]
    for after, offset in layers[1:]:
        W, b = after @ W, after @ b + offset
    return W, 0 * b
