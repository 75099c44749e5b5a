from collections.abc import Callable

import numpy as np


def push_forward(
    pdf: Callable[[np.ndarray], np.ndarray],
    inverse: Callable[[np.ndarray], np.ndarray],
    inverse_slope: Callable[[np.ndarray], np.ndarray],
    y: np.ndarray,
) -> np.ndarray:
    return pdf(inverse(y)) * np.abs(inverse_slope(y))
