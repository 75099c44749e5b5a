# kind: sum_not_mean
import numpy as np


def table(x, y, ws):
    losses = (np.outer(x, ws) - y[:, None]) ** 2
    return np.vstack([losses, losses.sum(axis=0)])
