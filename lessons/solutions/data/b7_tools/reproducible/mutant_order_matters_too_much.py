# kind: order_matters_too_much
from collections.abc import Callable

Cell = Callable[[dict[str, int]], None]


def reproducible(cells: list[Cell], order: list[int]) -> bool:
    return order == list(range(len(cells)))
