# kind: damped
def momentum(w, g, state, lr, mu):
    v = mu * state.get("v", 0.0) + (1 - mu) * g
    return w - lr * v, {"v": v}
