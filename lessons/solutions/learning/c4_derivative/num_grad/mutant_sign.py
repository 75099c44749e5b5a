# kind: sign
import numpy as np


def num_grad(f, p, h=1e-5):
    slopes = np.zeros(p.shape)
    for place in np.ndindex(p.shape):
        nudge = np.zeros(p.shape)
        nudge[place] = h
        slopes[place] = (f(p - nudge) - f(p + nudge)) / (2 * h)
    return slopes
