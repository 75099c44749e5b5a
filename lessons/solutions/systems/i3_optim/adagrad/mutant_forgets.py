# kind: forgets
import numpy as np


def adagrad(w, g, state, lr, eps):
    s = 0.9 * state.get("s", 0.0) + 0.1 * g**2
    return w - lr * g / (np.sqrt(s) + eps), {"s": s}
