# kind: log_of_p
import math


def hours_for(p: float, w: float, b: float) -> float:
    return (math.log(p) - b) / w
