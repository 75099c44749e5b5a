# kind: no_root
def adagrad(w, g, state, lr, eps):
    s = state.get("s", 0.0) + g**2
    return w - lr * g / (s + eps), {"s": s}
