# kind: odds_without_log


def hours_for(p: float, w: float, b: float) -> float:
    return (p / (1 - p) - b) / w
