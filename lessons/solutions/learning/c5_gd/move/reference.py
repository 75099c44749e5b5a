def move(slope, rate):
    return -rate * slope
