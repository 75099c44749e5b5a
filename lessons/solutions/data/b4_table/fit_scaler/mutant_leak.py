# kind: leak
import torch
from torch import Tensor


def fit_scaler(table: Tensor, train_rows: Tensor) -> tuple[Tensor, Tensor]:
    rows = table
    mean, deviation = rows.mean(dim=0), torch.std(rows, dim=0, correction=0)
    return mean, torch.where(deviation == 0, 1.0, deviation)


def scale(table: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return (table - mean) / deviation
