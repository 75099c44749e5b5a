# kind: percent
import numpy as np


def accuracy(labels, guesses):
    return 100 * float(np.mean(labels == guesses))
