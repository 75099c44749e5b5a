def grid_cost(k: int, d: int, per_second: float) -> float:
    return k**d / per_second
