# kind: plain
def nesterov(w, g, state, lr, mu):
    return w - lr * g, state
