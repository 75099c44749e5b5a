# kind: negative
import math


def info(p: float, unit: str) -> float:
    return math.log2(p) if unit == "bit" else math.log(p)
