# kind: first_day_cut
from torch import Tensor


def daily(hours: Tensor) -> Tensor:
    days = len(hours) // 24
    return hours[len(hours) - 24 * days :].view(days, 24, hours.shape[1]).transpose(1, 2)
