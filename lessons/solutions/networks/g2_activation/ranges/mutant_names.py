# kind: names
import math

ranges = {
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
    "relu": (0, math.inf),
    "softplus": (0, math.inf),
}
