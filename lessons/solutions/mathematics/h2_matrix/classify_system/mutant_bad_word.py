# kind: bad_word
import numpy as np


def classify_system(a: np.ndarray, b: np.ndarray) -> str:
    return str(np.linalg.matrix_rank(a))
