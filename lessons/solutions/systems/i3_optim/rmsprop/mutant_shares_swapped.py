# kind: shares_swapped
import numpy as np


def rmsprop(w, g, state, lr, alpha, eps):
    s = (1 - alpha) * state.get("s", 0.0) + alpha * g**2
    return w - lr * g / (np.sqrt(s) + eps), {"s": s}
