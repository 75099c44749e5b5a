# kind: exchanged
def solve_2x2(a, r):
    (e, f), (g, h) = a
    scale = e * h - f * g
    return (e * r[1] - r[0] * g) / scale, (r[0] * h - f * r[1]) / scale
