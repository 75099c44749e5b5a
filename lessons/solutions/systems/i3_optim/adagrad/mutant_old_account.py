# kind: old_account
import numpy as np


def adagrad(w, g, state, lr, eps):
    s = state.get("s", 0.0)
    return w - lr * g / (np.sqrt(s) + eps), {"s": s + g**2}
