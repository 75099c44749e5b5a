# kind: factor_2
def num_diff(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / h
