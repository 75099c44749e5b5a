# kind: factor_2
def partial(f, p, i, h=1e-5):
    up, down = p.copy(), p.copy()
    up[i] += h
    down[i] -= h
    return (f(up) - f(down)) / h
