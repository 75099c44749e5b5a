# kind: variance_not_deviation
import torch
from torch import Tensor


def normalize(batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    mean = batch.mean(dim=(0, 2, 3), keepdim=True)
    deviation = torch.var(batch, dim=(0, 2, 3), keepdim=True, correction=0)
    return (batch - mean) / deviation, mean, deviation
