# kind: factor_2_of_the_square
import numpy as np


def critical_lr(x):
    return 2 / np.linalg.eigvalsh(x.T @ x / len(x)).max()
