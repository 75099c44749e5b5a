# kind: one_row
def determined(x):
    return True
