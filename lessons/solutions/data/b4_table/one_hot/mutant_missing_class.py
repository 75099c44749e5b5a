# kind: missing_class
import torch
from torch import Tensor


def one_hot(codes: Tensor, classes: int) -> Tensor:
    return torch.zeros(len(codes), int(codes.max()) + 1).scatter_(1, codes[:, None], 1.0)
