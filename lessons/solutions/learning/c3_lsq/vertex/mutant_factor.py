# kind: factor_2
def vertex(a, b, c):
    if a <= 0:
        raise ValueError("no lowest point")
    w = -b / a
    return w, a * w**2 + b * w + c
