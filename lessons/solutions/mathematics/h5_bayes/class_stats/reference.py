import numpy as np


def class_stats(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    priors, means, covs = [], [], []
    for label in range(int(y.max()) + 1):
        rows = x[y == label]
        gap = rows - rows.mean(axis=0)
        priors.append(len(rows) / len(x))
        means.append(rows.mean(axis=0))
        covs.append(gap.T @ gap / len(rows))
    return np.array(priors), np.array(means), np.array(covs)
