# kind: never_done
import numpy as np


def fit_perceptron(
    X: np.ndarray, t: np.ndarray, epochs: int
) -> tuple[np.ndarray, float, int | None]:
    w, b = np.zeros(X.shape[1]), 0.0
    for epoch in range(1, epochs + 1):
        mistakes = 0
        for x, target in zip(X, t, strict=True):
            wrong = int(target) - int(w @ x + b >= 0)
            w, b = w - wrong * x, b - wrong
            mistakes += wrong != 0
        if mistakes == 0:
            return w, b, epoch
    return w, b, None
