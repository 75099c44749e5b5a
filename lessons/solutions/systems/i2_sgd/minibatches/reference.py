import numpy as np


def minibatches(n: int, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]
