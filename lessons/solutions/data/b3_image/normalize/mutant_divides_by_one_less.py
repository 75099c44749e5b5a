# kind: divides_by_one_less
import torch
from torch import Tensor


def normalize(batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    mean = batch.mean(dim=(0, 2, 3), keepdim=True)
    deviation = torch.std(batch, dim=(0, 2, 3), keepdim=True, correction=1)
    return (batch - mean) / deviation, mean, deviation
