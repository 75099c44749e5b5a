# kind: one_for_each_number
import torch
from torch import Tensor


def unknowns(features: Tensor) -> tuple[int, bool]:
    rows, columns = features.shape
    widened = torch.cat([features, torch.ones(rows, 1, dtype=features.dtype)], dim=1)
    return rows * columns, int(torch.linalg.matrix_rank(widened)) == columns + 1
