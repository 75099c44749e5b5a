# kind: turned
import numpy as np
import torch
from torch import Tensor


def column_means(t: Tensor) -> Tensor:
    return t.mean(dim=0)


def centred(t: Tensor) -> Tensor:
    return t - t.mean(dim=1, keepdim=True)


def sums(a: Tensor, b: Tensor) -> Tensor:
    return a + b[:, None]


def shared(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array)
