# kind: bias_added
import math


def hours_for(p: float, w: float, b: float) -> float:
    return (math.log(p) - math.log1p(-p) + b) / w
