# kind: each_picture
import torch
from torch import Tensor


def normalize(batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    mean = batch.mean(dim=(2, 3), keepdim=True)
    deviation = torch.std(batch, dim=(2, 3), keepdim=True, correction=0)
    return (batch - mean) / deviation, mean, deviation
