# kind: smallest_slope
def bottom(ws, slopes):
    return ws[slopes.index(min(slopes))]
