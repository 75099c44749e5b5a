# kind: base_and_exponent
def grid_cost(k: int, d: int, per_second: float) -> float:
    return d**k / per_second
