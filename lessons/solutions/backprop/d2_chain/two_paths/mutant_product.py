# kind: product_of_slopes
import math


def two_paths(x):
    return 2 * x * math.cos(x)
