import math


def two_paths(x):
    return 2 * x * math.sin(x) + x**2 * math.cos(x)
