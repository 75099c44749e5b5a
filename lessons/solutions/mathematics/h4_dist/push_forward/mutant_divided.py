# kind: divided
import numpy as np


def push_forward(pdf, inverse, inverse_slope, y: np.ndarray) -> np.ndarray:
    return pdf(inverse(y)) / np.abs(inverse_slope(y))
