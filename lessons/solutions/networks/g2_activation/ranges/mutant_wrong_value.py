# kind: wrong_value
import math

ranges = {
    "step": (0, 1),
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
    "relu": (0, math.inf),
    "softplus": (0.5, math.inf),
}
