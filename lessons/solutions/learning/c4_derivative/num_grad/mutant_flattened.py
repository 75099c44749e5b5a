# kind: flattened
import numpy as np


def num_grad(f, p, h=1e-5):
    slopes = []
    for place in np.ndindex(p.shape):
        nudge = np.zeros(p.shape)
        nudge[place] = h
        slopes.append((f(p + nudge) - f(p - nudge)) / (2 * h))
    return np.array(slopes)
