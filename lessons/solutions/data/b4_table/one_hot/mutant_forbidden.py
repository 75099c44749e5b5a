# kind: forbidden
import torch
from torch import Tensor


def one_hot(codes: Tensor, classes: int) -> Tensor:
    return torch.nn.functional.one_hot(codes, classes).float()
