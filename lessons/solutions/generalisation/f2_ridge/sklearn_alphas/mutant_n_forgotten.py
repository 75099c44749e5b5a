# kind: n_forgotten
def sklearn_alphas(alpha: float, n: int) -> tuple[float, float, float]:
    return alpha / 2, alpha, alpha / 2
