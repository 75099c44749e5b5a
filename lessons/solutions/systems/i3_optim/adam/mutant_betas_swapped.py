# kind: betas_swapped
import numpy as np


def adam(w, g, state, lr, beta2, beta1, eps):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    s = beta2 * state.get("s", 0.0) + (1 - beta2) * g**2
    speed, size = m / (1 - beta1**t), np.sqrt(s / (1 - beta2**t))
    return w - lr * speed / (size + eps), {"t": t, "m": m, "s": s}
