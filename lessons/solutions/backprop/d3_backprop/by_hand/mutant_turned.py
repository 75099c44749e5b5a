# kind: error_turned_round
def by_hand(x, y, w):
    s = y - x * w
    return x * w, s, s**2, -2 * s * x
