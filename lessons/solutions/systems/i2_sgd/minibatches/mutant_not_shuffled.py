# kind: not_shuffled
import numpy as np


def minibatches(n: int, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    return [np.arange(n)[start : start + size] for start in range(0, n, size)]
