# kind: no_overlap
from torch import Tensor


def windows(series: Tensor, width: int) -> tuple[Tensor, Tensor]:
    return series.unfold(0, width, width), series[width:]
