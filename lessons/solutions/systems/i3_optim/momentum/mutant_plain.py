# kind: plain
def momentum(w, g, state, lr, mu):
    return w - lr * g, state
