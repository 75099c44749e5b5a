# kind: lasso_half
def sklearn_alphas(alpha: float, n: int) -> tuple[float, float, float]:
    return n * alpha / 2, alpha, alpha
