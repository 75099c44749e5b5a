import numpy as np


def determined(x):
    design = np.column_stack([x, np.ones(len(x))])
    return bool(np.linalg.matrix_rank(design) == design.shape[1])
