# kind: empty
import numpy as np


def accuracy(labels, guesses):
    return float(np.mean(np.asarray(labels) == np.asarray(guesses)))
