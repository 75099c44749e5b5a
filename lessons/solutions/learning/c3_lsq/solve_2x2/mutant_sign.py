# kind: sign
def solve_2x2(a, r):
    (e, f), (g, h) = a
    scale = f * g - e * h
    return (r[0] * h - f * r[1]) / scale, (e * r[1] - r[0] * g) / scale
