# kind: zero_pivot
def solve_2x2(a, r):
    (e, f), (g, h) = a
    if e == 0 or e * h == f * g:
        raise ValueError("no single solution")
    factor = g / e
    q = (r[1] - factor * r[0]) / (h - factor * f)
    return (r[0] - f * q) / e, q
