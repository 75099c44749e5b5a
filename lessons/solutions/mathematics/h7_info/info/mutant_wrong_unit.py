# kind: wrong_unit
import math


def info(p: float, unit: str) -> float:
    return -math.log(p) if unit == "bit" else -math.log2(p)
