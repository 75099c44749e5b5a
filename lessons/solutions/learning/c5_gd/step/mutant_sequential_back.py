# kind: w1_before_w0
def step(w0, w1, rate):
    w1 = w1 - rate * (4 * w1 + 4 * w0 - 6)
    w0 = w0 - rate * (4 * w1 + 6 * w0 - 6)
    return w0, w1
