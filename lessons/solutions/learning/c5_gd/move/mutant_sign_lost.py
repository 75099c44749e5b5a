# kind: sign_lost
def move(slope, rate):
    return -rate * abs(slope)
