# kind: constant_only
import numpy as np


def flat(f, w, reach=0.5, h=1e-5):
    around = np.linspace(w - reach, w + reach, 101)
    same = all(abs(f(float(place)) - f(w)) <= 1e-9 for place in around)
    return same, same
