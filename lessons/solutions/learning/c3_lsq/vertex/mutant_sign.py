# kind: sign
def vertex(a, b, c):
    if a <= 0:
        raise ValueError("no lowest point")
    w = b / (2 * a)
    return w, a * w**2 + b * w + c
