# kind: never_forgets
import numpy as np


def rmsprop(w, g, state, lr, alpha, eps):
    s = state.get("s", 0.0) + g**2
    return w - lr * g / (np.sqrt(s) + eps), {"s": s}
