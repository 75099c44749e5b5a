# kind: never_stops
def steps_to(x, y, rate, target, limit):
    return limit
