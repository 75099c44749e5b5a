# kind: freedom_missed
import numpy as np


def classify_system(a: np.ndarray, b: np.ndarray) -> str:
    if a.shape[0] == a.shape[1]:
        return "one" if abs(np.linalg.det(a)) > 1e-9 else "none"
    return "many" if a.shape[0] < a.shape[1] else "none"
