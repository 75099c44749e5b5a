# kind: right_not_wrong
import numpy as np


def errors_by_class(truth, guess, classes):
    return np.array([np.mean(guess[truth == c] == c) for c in range(classes)])
