# kind: uphill
def step(w0, w1, rate):
    return w0 + rate * (4 * w1 + 6 * w0 - 6), w1 + rate * (4 * w1 + 4 * w0 - 6)
