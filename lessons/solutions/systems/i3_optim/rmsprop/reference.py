import numpy as np


def rmsprop(w, g, state, lr, alpha, eps):
    s = alpha * state.get("s", 0.0) + (1 - alpha) * g**2
    return w - lr * g / (np.sqrt(s) + eps), {"s": s}
