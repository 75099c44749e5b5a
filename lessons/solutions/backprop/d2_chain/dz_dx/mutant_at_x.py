# kind: outer_at_x
def dz_dx(x, y):
    return 2 * x, 1.0, 2 * x
