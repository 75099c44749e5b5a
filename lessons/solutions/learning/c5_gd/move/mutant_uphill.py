# kind: uphill
def move(slope, rate):
    return rate * slope
