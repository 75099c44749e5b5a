# kind: level_is_constant
def flat(f, w, reach=0.5, h=1e-5):
    level = abs((f(w + h) - f(w - h)) / (2 * h)) < 1e-6
    return level, level
