# kind: counts_from_one
def partial(f, p, i, h=1e-5):
    up, down = p.copy(), p.copy()
    up[i - 1] += h
    down[i - 1] -= h
    return (f(up) - f(down)) / (2 * h)
