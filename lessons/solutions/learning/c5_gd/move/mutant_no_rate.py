# kind: rate_ignored
def move(slope, rate):
    return -slope
