# kind: underflow
import numpy as np


def posterior(x: np.ndarray, priors: np.ndarray, means: np.ndarray, covs: np.ndarray) -> np.ndarray:
    columns = []
    for prior, mean, cov in zip(priors, means, covs, strict=True):
        gap = x - mean
        distance = (gap * np.linalg.solve(cov, gap.T).T).sum(axis=1)
        columns.append(prior * np.exp(-0.5 * distance) / np.sqrt(np.linalg.det(cov)))
    joint = np.stack(columns, axis=1)
    return joint / joint.sum(axis=1, keepdims=True)
