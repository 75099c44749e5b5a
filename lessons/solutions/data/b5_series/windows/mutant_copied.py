# kind: copied
from torch import Tensor


def windows(series: Tensor, width: int) -> tuple[Tensor, Tensor]:
    return series.unfold(0, width, 1)[:-1].clone(), series[width:]
