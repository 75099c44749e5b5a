# kind: lost_axis
import numpy as np
import torch
from torch import Tensor


def column_means(t: Tensor) -> Tensor:
    return t.mean(dim=0)


def centred(t: Tensor) -> Tensor:
    means = t.mean(dim=1)
    return t - (means if t.shape[0] == t.shape[1] else means[:, None])


def sums(a: Tensor, b: Tensor) -> Tensor:
    return a[:, None] + b


def shared(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array)
