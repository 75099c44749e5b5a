# kind: x_forgotten
def by_hand(x, y, w):
    s = x * w - y
    return x * w, s, s**2, 2 * s
