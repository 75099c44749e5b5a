# kind: hinge_no_floor
import numpy as np


def loss_zoo(kind: str, target: np.ndarray, output: np.ndarray) -> float:
    e = output - target
    each = {
        "mse": lambda: e**2,
        "mae": lambda: np.abs(e),
        "huber": lambda: np.where(np.abs(e) < 1, e**2 / 2, np.abs(e) - 0.5),
        "hinge": lambda: 1 - target * output,
        "softplus": lambda: np.logaddexp(0, output) - target * output,
        "gaussian": lambda: e**2 / 0.02 + np.log(0.1 * np.sqrt(2 * np.pi)),
    }
    return float(each[kind]().mean())
