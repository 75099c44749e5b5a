# kind: training_error
import numpy as np


def best_degree(
    x: np.ndarray, y: np.ndarray, x_val: np.ndarray, y_val: np.ndarray, degrees: list[int]
) -> int:
    errors = {}
    for degree in degrees:
        weights = np.polyfit(x, y, degree)
        errors[degree] = np.mean((np.polyval(weights, x) - y) ** 2)
    return min(errors, key=errors.get)
