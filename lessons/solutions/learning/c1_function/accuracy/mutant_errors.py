# kind: errors
import numpy as np


def accuracy(labels, guesses):
    return float(np.mean(labels != guesses))
