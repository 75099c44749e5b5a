# kind: log_base_10
import math


def hours_for(p: float, w: float, b: float) -> float:
    return (math.log10(p / (1 - p)) - b) / w
