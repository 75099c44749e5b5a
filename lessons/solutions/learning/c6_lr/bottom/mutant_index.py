# kind: index_not_weight
def bottom(ws, slopes):
    return min(range(len(ws)), key=lambda one: abs(slopes[one]))
