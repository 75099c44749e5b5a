# kind: raised
import numpy as np


def collapse(layers: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    W, b = layers[0]
    for after, offset in layers[1:]:
        W, b = W @ after, after @ b + offset
    return W, b
