# kind: pooled
import numpy as np


def class_stats(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    groups = [x[y == label] for label in range(int(y.max()) + 1)]
    return (
        np.array([len(g) / len(x) for g in groups]),
        np.array([g.mean(axis=0) for g in groups]),
        np.array([np.cov(x.T, bias=True) for _ in groups]),
    )
