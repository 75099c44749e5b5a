# kind: counts
import numpy as np


def errors_by_class(truth, guess, classes):
    return np.array([np.sum((truth == c) & (guess != c)) for c in range(classes)])
