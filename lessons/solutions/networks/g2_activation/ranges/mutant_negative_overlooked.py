# kind: negative_overlooked
import math

ranges = {
    "step": (0, 1),
    "sigmoid": (0, 1),
    "tanh": (0, 1),
    "relu": (0, math.inf),
    "softplus": (0, math.inf),
}
