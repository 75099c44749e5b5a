import numpy as np


def accuracy(labels, guesses):
    if len(labels) == 0 or len(labels) != len(guesses):
        raise ValueError("labels and guesses must be as many, and at least one")
    return float(np.mean(np.asarray(labels) == np.asarray(guesses)))
