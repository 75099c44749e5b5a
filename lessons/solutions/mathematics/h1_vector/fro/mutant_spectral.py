# kind: spectral
import numpy as np


def fro(a: np.ndarray) -> float:
    return float(np.linalg.svd(a, compute_uv=False)[0])
