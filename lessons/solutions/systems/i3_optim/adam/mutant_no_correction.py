# kind: no_correction
import numpy as np


def adam(w, g, state, lr, beta1, beta2, eps):
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    s = beta2 * state.get("s", 0.0) + (1 - beta2) * g**2
    return w - lr * m / (np.sqrt(s) + eps), {"m": m, "s": s}
