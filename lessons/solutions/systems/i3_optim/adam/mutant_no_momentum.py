# kind: no_momentum
import numpy as np


def adam(w, g, state, lr, beta1, beta2, eps):
    t = state.get("t", 0) + 1
    s = beta2 * state.get("s", 0.0) + (1 - beta2) * g**2
    return w - lr * g / (np.sqrt(s / (1 - beta2**t)) + eps), {"t": t, "s": s}
