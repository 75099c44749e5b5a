import numpy as np


def adagrad(w, g, state, lr, eps):
    s = state.get("s", 0.0) + g**2
    return w - lr * g / (np.sqrt(s) + eps), {"s": s}
