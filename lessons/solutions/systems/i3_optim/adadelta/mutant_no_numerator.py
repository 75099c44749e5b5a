# kind: no_numerator
import numpy as np


def adadelta(w, g, state, lr, rho, eps):
    s = rho * state.get("s", 0.0) + (1 - rho) * g**2
    return w - lr * g / np.sqrt(s + eps), {"s": s}
