# kind: constant_dropped
def vertex(a, b, c):
    w = -b / (2 * a)
    return w, a * w**2 + b * w
