# kind: through_origin
def normal_eq(x, y):
    return 0.0, float((x * y).sum() / (x * x).sum())
