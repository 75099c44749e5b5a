# kind: trials_not_seconds
def grid_cost(k: int, d: int, per_second: float) -> float:
    return float(k**d)
