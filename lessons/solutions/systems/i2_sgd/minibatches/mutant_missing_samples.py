# kind: missing_samples
import numpy as np


def minibatches(n: int, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    order = rng.permutation(n)
    if n < size:
        return [order]
    return [order[i * size : (i + 1) * size] for i in range(n // size)]
