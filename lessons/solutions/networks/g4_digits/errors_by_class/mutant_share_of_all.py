# kind: share_of_all
import numpy as np


def errors_by_class(truth, guess, classes):
    return np.array([np.mean((truth == c) & (guess != c)) for c in range(classes)])
