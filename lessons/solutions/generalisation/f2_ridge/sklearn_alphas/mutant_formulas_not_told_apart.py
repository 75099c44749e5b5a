# kind: formulas_not_told_apart
def sklearn_alphas(alpha: float, n: int) -> tuple[float, float, float]:
    return alpha, alpha, alpha / 2
