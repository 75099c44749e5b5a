# kind: not_pulled_back
import numpy as np


def push_forward(pdf, inverse, inverse_slope, y: np.ndarray) -> np.ndarray:
    return pdf(y) * np.abs(inverse_slope(y))
