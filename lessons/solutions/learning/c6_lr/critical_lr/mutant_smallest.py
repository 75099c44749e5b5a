# kind: smallest
import numpy as np


def critical_lr(x):
    return 2 / np.linalg.eigvalsh(2 * x.T @ x / len(x)).min()
