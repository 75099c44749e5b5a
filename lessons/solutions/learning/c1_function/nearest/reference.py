import numpy as np


def nearest(examples, labels, x):
    squared = ((np.asarray(examples) - np.asarray(x)) ** 2).sum(axis=1)
    return labels[int(np.argmin(squared))]
