# kind: mean_not_zero
import torch
from torch import Tensor


def normalize(batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    mean = batch.mean(dim=(0, 2, 3), keepdim=True)
    deviation = torch.std(batch, dim=(0, 2, 3), keepdim=True, correction=0)
    return batch / deviation, mean, deviation
