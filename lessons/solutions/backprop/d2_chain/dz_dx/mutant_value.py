# kind: value_not_slope
def dz_dx(x, y):
    return (x + y) ** 2, 1.0, (x + y) ** 2
