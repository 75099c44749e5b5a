# kind: gradient_accounted
import numpy as np


def adadelta(w, g, state, lr, rho, eps):
    s = rho * state.get("s", 0.0) + (1 - rho) * g**2
    u = state.get("u", 0.0)
    d = g * np.sqrt(u + eps) / np.sqrt(s + eps)
    return w - lr * d, {"s": s, "u": rho * u + (1 - rho) * g**2}
