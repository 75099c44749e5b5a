# kind: bias_forgotten
import numpy as np


def determined(x):
    return bool(np.linalg.matrix_rank(x) == x.shape[1])
