# kind: still_a_loop
import numpy as np


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    def at(i: int, j: int) -> float:
        differences = map(lambda x, y: (x - y) ** 2, a[i], b[j])
        return float(sum(differences))

    rows, columns = np.indices((len(a), len(b)))
    return np.vectorize(at)(rows, columns)
