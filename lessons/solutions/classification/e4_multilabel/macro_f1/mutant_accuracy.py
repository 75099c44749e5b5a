# kind: accuracy
import numpy as np


def macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    return float((truth == guess).mean())
