# kind: speed_only
def nesterov(w, g, state, lr, mu):
    v = mu * state.get("v", 0.0) + g
    return w - lr * mu * v, {"v": v}
