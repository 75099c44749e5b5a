import numpy as np


def posterior(x: np.ndarray, priors: np.ndarray, means: np.ndarray, covs: np.ndarray) -> np.ndarray:
    columns = []
    for prior, mean, cov in zip(priors, means, covs, strict=True):
        gap = x - mean
        distance = (gap * np.linalg.solve(cov, gap.T).T).sum(axis=1)
        columns.append(np.log(prior) - 0.5 * (np.linalg.slogdet(cov)[1] + distance))
    scores = np.stack(columns, axis=1)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)
