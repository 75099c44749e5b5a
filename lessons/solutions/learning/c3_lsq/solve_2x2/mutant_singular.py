# kind: no_single_solution
def solve_2x2(a, r):
    (e, f), (g, h) = a
    scale = e * h - f * g
    if scale == 0:
        return 0.0, 0.0
    return (r[0] * h - f * r[1]) / scale, (e * r[1] - r[0] * g) / scale
