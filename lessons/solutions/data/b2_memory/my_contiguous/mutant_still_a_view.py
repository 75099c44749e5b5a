# kind: still_a_view
from torch import Tensor


def my_contiguous(t: Tensor) -> Tensor:
    return t
