# kind: not_zero_to_one
import numpy as np


def sigmoid(z):
    return np.tanh(z)
