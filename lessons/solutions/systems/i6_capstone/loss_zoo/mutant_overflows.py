# kind: overflows
import numpy as np


def loss_zoo(kind: str, target: np.ndarray, output: np.ndarray) -> float:
    e = output - target
    if kind == "softplus":
        p = 1 / (1 + np.exp(-output))
        return float(-(target * np.log(p) + (1 - target) * np.log(1 - p)).mean())
    each = {
        "mse": lambda: e**2,
        "mae": lambda: np.abs(e),
        "huber": lambda: np.where(np.abs(e) < 1, e**2 / 2, np.abs(e) - 0.5),
        "hinge": lambda: np.maximum(0, 1 - target * output),
        "gaussian": lambda: e**2 / 0.02 + np.log(0.1 * np.sqrt(2 * np.pi)),
    }
    return float(each[kind]().mean())
