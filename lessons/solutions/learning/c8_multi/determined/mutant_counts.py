# kind: counts_rows
def determined(x):
    return len(x) > x.shape[1]
