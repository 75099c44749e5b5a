# kind: steps_too_early
import numpy as np


def adadelta(w, g, state, lr, rho, eps):
    s = rho * state.get("s", 0.0) + (1 - rho) * g**2
    u = state.get("u", 0.0)
    d = g * np.sqrt(u + eps) / np.sqrt(s + eps)
    u = rho * u + (1 - rho) * d**2
    return w - lr * g * np.sqrt(u + eps) / np.sqrt(s + eps), {"s": s, "u": u}
