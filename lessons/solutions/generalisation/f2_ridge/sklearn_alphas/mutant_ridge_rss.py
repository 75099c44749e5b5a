# kind: ridge_rss
def sklearn_alphas(alpha: float, n: int) -> tuple[float, float, float]:
    return n * alpha / 2, n * alpha, alpha / 2
