# kind: defective_accepted
import numpy as np


def diagonalisable(a: np.ndarray) -> bool:
    values, _ = np.linalg.eig(a)
    return len(values) == len(a)
