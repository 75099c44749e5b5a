def momentum(w, g, state, lr, mu):
    v = mu * state.get("v", 0.0) + g
    return w - lr * v, {"v": v}
