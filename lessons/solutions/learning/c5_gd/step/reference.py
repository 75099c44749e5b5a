def step(w0, w1, rate):
    slope0, slope1 = 4 * w1 + 6 * w0 - 6, 4 * w1 + 4 * w0 - 6
    return w0 - rate * slope0, w1 - rate * slope1
