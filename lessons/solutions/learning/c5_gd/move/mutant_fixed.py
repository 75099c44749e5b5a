# kind: fixed_stride
def move(slope, rate):
    return -rate if slope > 0 else rate
