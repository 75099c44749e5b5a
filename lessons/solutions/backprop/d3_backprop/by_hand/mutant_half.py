# kind: factor_2
def by_hand(x, y, w):
    s = x * w - y
    return x * w, s, s**2, s * x
