import numpy as np


def sample_mixture(
    weights: np.ndarray,
    means: np.ndarray,
    stds: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> np.ndarray:
    part = rng.choice(len(weights), size=n, p=weights)
    return rng.normal(means[part], stds[part])
