# kind: blended
import numpy as np


def sample_mixture(
    weights: np.ndarray,
    means: np.ndarray,
    stds: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> np.ndarray:
    return rng.normal(means, stds, size=(n, len(means))) @ weights
