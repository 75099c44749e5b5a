# kind: repeated
import numpy as np


def minibatches(n: int, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.integers(0, n, size=min(size, n - start)) for start in range(0, n, size)]
