# kind: all_at_once
def partial(f, p, i, h=1e-5):
    return (f(p + h) - f(p - h)) / (2 * h)
