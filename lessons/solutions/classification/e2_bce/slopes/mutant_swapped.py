# kind: swapped
import math


def slopes(z: float, y: float) -> tuple[float, float]:
    p = 1 / (1 + math.exp(-z))
    return p - y, 2 * (p - y) * p * (1 - p)
