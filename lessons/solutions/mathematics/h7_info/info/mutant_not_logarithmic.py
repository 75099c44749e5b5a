# kind: not_logarithmic
def info(p: float, unit: str) -> float:
    return 1 / p if unit == "bit" else 0.69 / p
