# kind: factor_2
import math


def slopes(z: float, y: float) -> tuple[float, float]:
    p = 1 / (1 + math.exp(-z))
    return (p - y) * p * (1 - p), p - y
