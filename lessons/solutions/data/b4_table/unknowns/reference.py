import torch
from torch import Tensor


def unknowns(features: Tensor) -> tuple[int, bool]:
    rows, columns = features.shape
    widened = torch.cat([features, torch.ones(rows, 1, dtype=features.dtype)], dim=1)
    return columns + 1, int(torch.linalg.matrix_rank(widened)) == columns + 1
