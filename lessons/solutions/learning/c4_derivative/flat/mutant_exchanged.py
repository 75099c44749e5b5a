# kind: exchanged
import numpy as np


def flat(f, w, reach=0.5, h=1e-5):
    level = abs((f(w + h) - f(w - h)) / (2 * h)) < 1e-6
    around = np.linspace(w - reach, w + reach, 101)
    return all(abs(f(float(place)) - f(w)) <= 1e-9 for place in around), level
