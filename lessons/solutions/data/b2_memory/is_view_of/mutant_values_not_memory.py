# kind: values_not_memory
import torch
from torch import Tensor


def is_view_of(a: Tensor, b: Tensor) -> bool:
    there = b.flatten().tolist()
    return all(x in there for x in a.flatten().tolist()) or bool(
        torch.isin(b.flatten(), a.flatten()).any()
    )
