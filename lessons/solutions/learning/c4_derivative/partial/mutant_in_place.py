# kind: point_changed
def partial(f, p, i, h=1e-5):
    p[i] += h
    above = f(p)
    p[i] -= 2 * h
    return (above - f(p)) / (2 * h)
