# kind: no_lowest_point
def vertex(a, b, c):
    w = -b / (2 * a)
    return w, a * w**2 + b * w + c
