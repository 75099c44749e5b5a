import numpy as np


def back_to_raw(v, c, mean, std):
    w = np.asarray(v) / std
    return w, float(c - w @ mean)
