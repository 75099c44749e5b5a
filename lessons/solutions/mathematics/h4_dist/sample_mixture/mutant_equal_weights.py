# kind: equal_weights
import numpy as np


def sample_mixture(
    weights: np.ndarray,
    means: np.ndarray,
    stds: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> np.ndarray:
    part = rng.integers(len(weights), size=n)
    return rng.normal(means[part], stds[part])
