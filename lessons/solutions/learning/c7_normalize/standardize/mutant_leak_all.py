# kind: leak_all_rows
import numpy as np


def standardize(train, new):
    every = np.vstack([train, new])
    return (new - every.mean(axis=0)) / every.std(axis=0)
