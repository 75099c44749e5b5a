import torch
from torch import Tensor


def grid(rows: int, columns: int) -> Tensor:
    return torch.arange(rows * columns).reshape(rows, columns)


def every_other_column(t: Tensor) -> Tensor:
    return t[:, ::2]


def upside_down(t: Tensor) -> Tensor:
    return t.flip(0)


def positives(t: Tensor) -> Tensor:
    return t[t > 0]
