# kind: half_forgotten
def sklearn_alphas(alpha: float, n: int) -> tuple[float, float, float]:
    return n * alpha, alpha, alpha / 2
