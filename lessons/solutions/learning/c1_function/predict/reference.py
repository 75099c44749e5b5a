import numpy as np


def predict(x, w, b):
    return (np.asarray(x) @ np.asarray(w) + b > 0).astype(int)
