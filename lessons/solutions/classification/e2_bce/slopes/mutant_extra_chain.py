# kind: extra_chain
import math


def slopes(z: float, y: float) -> tuple[float, float]:
    p = 1 / (1 + math.exp(-z))
    return 2 * (p - y) * p * (1 - p), (p - y) * p * (1 - p)
