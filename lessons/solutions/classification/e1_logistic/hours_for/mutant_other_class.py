# kind: other_class
import math


def hours_for(p: float, w: float, b: float) -> float:
    return (math.log1p(-p) - math.log(p) - b) / w
