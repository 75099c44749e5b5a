# kind: wrong_dtype
import numpy as np
import torch
from torch import Tensor

Slice = tuple[float, np.ndarray]


def volume(scans: list[list[Slice]]) -> Tensor:
    bodies = []
    for scan in scans:
        ordered = sorted(scan, key=lambda one: one[0])
        bodies.append(np.stack([picture for _, picture in ordered]))
    return torch.from_numpy(np.stack(bodies)).unsqueeze(1)
