# kind: never_stops
def descend(gradient, start, rate, tolerance=1e-6, limit=10_000):
    w = start
    for _ in range(limit):
        w = w - rate * gradient(w)
    return w, limit
