# kind: wrong_sign
import math


def slopes(z: float, y: float) -> tuple[float, float]:
    p = 1 / (1 + math.exp(-z))
    return 2 * (y - p) * p * (1 - p), y - p
