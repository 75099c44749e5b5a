# kind: unfinished_day
from torch import Tensor


def daily(hours: Tensor) -> Tensor:
    days = len(hours) // 24
    return hours.view(days, 24, hours.shape[1]).transpose(1, 2)
