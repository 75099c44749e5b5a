# kind: unit_ignored
import math


def info(p: float, unit: str) -> float:
    return -math.log2(p)
