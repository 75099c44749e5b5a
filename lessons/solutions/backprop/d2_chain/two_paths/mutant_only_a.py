# kind: only_a
import math


def two_paths(x):
    return 2 * x * math.sin(x)
