import numpy as np


def table(x, y, ws):
    losses = (np.outer(x, ws) - np.asarray(y)[:, None]) ** 2
    return np.vstack([losses, losses.mean(axis=0)])
