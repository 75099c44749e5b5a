# kind: same_every_time
import numpy as np


def minibatches(n: int, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    order = np.random.default_rng(0).permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]
