# kind: old_speed
def momentum(w, g, state, lr, mu):
    v = state.get("v", 0.0)
    return w - lr * v, {"v": mu * v + g}
