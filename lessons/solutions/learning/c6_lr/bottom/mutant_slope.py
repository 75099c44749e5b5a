# kind: slope_not_weight
def bottom(ws, slopes):
    return min(slopes, key=abs)
