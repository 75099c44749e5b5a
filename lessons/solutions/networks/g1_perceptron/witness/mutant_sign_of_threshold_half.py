# kind: sign_of_threshold
import numpy as np


def witness(w: np.ndarray, T: float) -> tuple[np.ndarray, float]:
    return (abs(T) + 1) / (w @ w) * w, 0.5 * T / (abs(T) + 1)
