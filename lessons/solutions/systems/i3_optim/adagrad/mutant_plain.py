# kind: plain
def adagrad(w, g, state, lr, eps):
    return w - lr * g, state
