import numpy as np


def num_grad(f, p, h=1e-5):
    slopes = np.zeros(np.shape(p))
    for place in np.ndindex(slopes.shape):
        nudge = np.zeros(slopes.shape)
        nudge[place] = h
        slopes[place] = (f(p + nudge) - f(p - nudge)) / (2 * h)
    return slopes
