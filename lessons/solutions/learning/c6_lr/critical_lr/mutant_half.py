# kind: half
import numpy as np


def critical_lr(x):
    return 1 / np.linalg.eigvalsh(2 * x.T @ x / len(x)).max()
