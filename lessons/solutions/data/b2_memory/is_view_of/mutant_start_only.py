# kind: start_only
from torch import Tensor


def is_view_of(a: Tensor, b: Tensor) -> bool:
    return a.data_ptr() == b.data_ptr()
