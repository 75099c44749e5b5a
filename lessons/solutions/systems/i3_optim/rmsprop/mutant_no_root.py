# kind: no_root
def rmsprop(w, g, state, lr, alpha, eps):
    s = alpha * state.get("s", 0.0) + (1 - alpha) * g**2
    return w - lr * g / (s + eps), {"s": s}
