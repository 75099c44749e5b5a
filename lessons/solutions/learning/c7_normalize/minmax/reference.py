import numpy as np


def minmax(x):
    low, high = np.min(x, axis=0), np.max(x, axis=0)
    return (x - low) / np.where(high == low, 1.0, high - low)
