# kind: axis_kept
import numpy as np
import torch
from torch import Tensor


def column_means(t: Tensor) -> Tensor:
    return t.mean(dim=0, keepdim=True)


def centred(t: Tensor) -> Tensor:
    return t - t.mean(dim=1, keepdim=True)


def sums(a: Tensor, b: Tensor) -> Tensor:
    return a[:, None] + b


def shared(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array)
