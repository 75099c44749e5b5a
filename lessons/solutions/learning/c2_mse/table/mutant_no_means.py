# kind: no_mean_row
import numpy as np


def table(x, y, ws):
    return (np.outer(x, ws) - y[:, None]) ** 2
