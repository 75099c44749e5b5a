# kind: last_missing
from torch import Tensor


def windows(series: Tensor, width: int) -> tuple[Tensor, Tensor]:
    return series.unfold(0, width, 1)[:-2], series[width:-1]
