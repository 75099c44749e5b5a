# kind: count
import numpy as np


def accuracy(labels, guesses):
    return int(np.sum(labels == guesses))
