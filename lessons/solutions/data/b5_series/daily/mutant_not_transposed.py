# kind: not_transposed
from torch import Tensor


def daily(hours: Tensor) -> Tensor:
    days = len(hours) // 24
    return hours[: 24 * days].view(days, 24, hours.shape[1])
